"""The peer `naive`: Pillow without tuning, which decodes the whole original, resizes it and saves it."""

import io

from PIL import Image, ImageOps

from bench.peers.worker import Job, serve


def make(original: bytes, job: Job) -> bytes:
    """Return the rendition with Pillow's default settings."""
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(original)))
    if job.format == "jpeg":
        image = image.convert("RGB")
    elif image.mode not in ("RGB", "RGBA"):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image = _resize(image, job)
    file = io.BytesIO()
    image.save(file, job.format, **({} if job.quality is None else {"quality": job.quality}))
    return file.getvalue()


def _resize(image: Image.Image, job: Job) -> Image.Image:
    width, height = job.width, job.height
    if width and height and job.fit == "cover":
        return ImageOps.fit(image, (width, height), Image.Resampling.LANCZOS)
    if width and height and job.fit == "contain":
        return ImageOps.contain(image, (width, height), Image.Resampling.LANCZOS)
    width = width or max(1, round(image.width * (height or image.height) / image.height))
    height = height or max(1, round(image.height * width / image.width))
    return image.resize((width, height), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    serve(make)
