"""The cold start of a usual Python program, in which boto3 reads the original and Pillow makes the rendition."""

import base64
import io
import json
import sys

import boto3
from PIL import Image, ImageOps

bucket, key = sys.argv[1:]
original = boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
image = ImageOps.exif_transpose(Image.open(io.BytesIO(original))).convert("RGB")
image.thumbnail((320, image.height), Image.Resampling.LANCZOS)
file = io.BytesIO()
image.save(file, "WEBP")
sys.stdout.write(json.dumps({"body": base64.b64encode(file.getvalue()).decode()}) + "\n")
sys.stdout.flush()
