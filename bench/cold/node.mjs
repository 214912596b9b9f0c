// The cold start of a Node program, in which the AWS SDK reads the original and sharp makes the rendition.
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import sharp from "sharp";

const client = new S3Client({ forcePathStyle: true });
const [Bucket, Key] = process.argv.slice(2);
const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
const original = await Body.transformToByteArray();
const body = await sharp(original).autoOrient().resize({ width: 320, withoutEnlargement: true }).webp().toBuffer();
process.stdout.write(`${JSON.stringify({ body: body.toString("base64") })}\n`);
process.exit();
