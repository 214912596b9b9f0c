// sharp on one thread, with the settings that its documentation recommends for untrusted input.
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import sharp from "sharp";

sharp.cache(false);
sharp.concurrency(1);

// This project's `contain` never adds borders. sharp's name for it is `inside`.
const FITS = { cover: "cover", contain: "inside", fill: "fill" };

function make(original, job, animated) {
  let image = sharp(original, { animated }).autoOrient();
  if (job.width || job.height) {
    image = image.resize({
      width: job.width ?? undefined,
      height: job.height ?? undefined,
      fit: FITS[job.fit],
      withoutEnlargement: true,
      kernel: "lanczos3",
    });
  }
  if (job.format === "jpeg") image = image.flatten({ background: `#${job.background}` });
  const quality = job.quality === null || job.format === "png" ? {} : { quality: job.quality };
  return image.toFormat(job.format, quality).toBuffer();
}

async function runJob(job) {
  try {
    const original = readFileSync(job.original);
    // Only an animated original that becomes WebP needs the option `animated`. With this option, sharp loads an
    // original at its full size, and does not shrink it during loading.
    const animated = job.format === "webp" && ((await sharp(original).metadata()).pages ?? 1) > 1;
    const ms = [];
    let body;
    for (let i = 0; i < job.repeat; i++) {
      const started = performance.now();
      body = await make(original, job, animated);
      ms.push(Math.round((performance.now() - started) * 1000) / 1000);
    }
    if (job.output) writeFileSync(job.output, body);
    return { ms, bytes: body.length };
  } catch (error) {
    return { error: String(error.message ?? error).split("\n")[0] };
  }
}

console.log('{"ready": true}');
for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await runJob(JSON.parse(line))));
}
