// From the viewer's query to the canonical query: with the path, it is the cache key.
// CloudFront Function, runtime 2.0: no for-of, spread, destructuring, default parameters or `?.`; at most 10 KB.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
// The stack puts one constant in front of this file: LIMITS {maxDimension, sizes, format, formats, choices}.
// `choices` has the accepted words of dpr, fit, format and position: common/contract.py.

const SIDE = 'a whole number from 1 to ' + LIMITS.maxDimension;
const ACCEPTS = {
  background: 'six hexadecimal digits, as in ffcc00',
  dpr: listed(LIMITS.choices.dpr),
  fit: listed(LIMITS.choices.fit),
  format: listed(LIMITS.choices.format),
  height: SIDE,
  position: listed(LIMITS.choices.position),
  quality: 'a whole number from 1 to 100',
  width: SIDE,
};
const NAMES = Object.keys(ACCEPTS);

function handler(event) {
  const request = event.request;
  const path = canonicalPath(request.uri);
  if (path === null) {
    return problem(404, 'Not Found', 'There is no original of this name.');
  }
  const asked = read(request.querystring);
  if (asked.refused.length > 0) {
    return problem(400, 'Bad Request', asked.refused.join('; ') + '.');
  }
  request.uri = path;
  request.querystring = canonicalQuery(asked.values, request.headers.accept);
  if (request.querystring !== '') {
    // A range of a rendition would be a range of the original: S3 answers before the rendition exists.
    delete request.headers.range;
    delete request.headers['if-range'];
  }
  return request;
}

// One spelling per key: `+` is a plus and never a space, `%41` is `A`. Null where no key can be meant.
function canonicalPath(uri) {
  let key;
  try {
    key = decodeURIComponent(uri.slice(1));
  } catch (malformed) {
    return null;
  }
  if (key === '' || key.endsWith('/') || /(^|\/)\.{1,2}(\/|$)/.test(key)) {
    return null;
  }
  return '/' + encodeURIComponent(key).replace(/%2F/g, '/').replace(/[!'()*]/g, function (character) {
    return '%' + character.charCodeAt(0).toString(16).toUpperCase();
  });
}

// The values of the known names, typed; and a sentence for each that is refused.
function read(querystring) {
  const values = {};
  const refused = [];
  const seen = [];
  Object.keys(querystring).forEach(function (spelling) {
    const name = spelling.toLowerCase();
    if (NAMES.indexOf(name) < 0) {
      return;
    }
    const parameter = querystring[spelling];
    const repeated = seen.indexOf(name) >= 0 || (parameter.multiValue && parameter.multiValue.length > 1);
    const value = repeated ? null : typed(name, parameter.value.toLowerCase());
    if (value === null && refused.every(function (sentence) { return sentence.indexOf(name) !== 0; })) {
      refused.push(name + ' accepts ' + ACCEPTS[name] + (repeated ? ', once' : ''));
    }
    seen.push(name);
    values[name] = value;
  });
  return { values: values, refused: refused };
}

// Null for what is not accepted.
function typed(name, text) {
  switch (name) {
    case 'width':
    case 'height':
      return whole(text, LIMITS.maxDimension);
    case 'quality':
      return whole(text, 100);
    case 'dpr':
      return one(text, LIMITS.choices.dpr) === null ? null : Number(text);
    case 'background':
      return /^[0-9a-f]{6}$/.test(text) ? text : null;
    case 'format':
      return one(text === 'jpg' ? 'jpeg' : text, LIMITS.choices.format);
    default:
      return one(text, LIMITS.choices[name]);
  }
}

function whole(text, most) {
  const number = /^[0-9]+$/.test(text) ? Number(text) : 0;
  return number >= 1 && number <= most ? number : null;
}

function listed(words) {
  return words.slice(0, -1).join(', ') + ' or ' + words[words.length - 1];
}

function one(text, words) {
  return words.indexOf(text) < 0 ? null : text;
}

// Lower case, alphabetical, without defaults and without what cannot matter. The format is always there, so that
// nothing is left to negotiate.
function canonicalQuery(asked, accept) {
  const box = sides(asked);
  const boxed = box.width !== undefined && box.height !== undefined;
  const format = negotiated(asked.format || LIMITS.format, accept);
  const sized = box.width !== undefined || box.height !== undefined;
  if (!sized && !asked.quality && (!asked.format || format === 'original')) {
    return '';
  }
  const fit = boxed && asked.fit ? asked.fit : 'cover';
  const kept = [];
  keep(kept, 'background', asked.background, format === 'jpeg' && asked.background !== 'ffffff');
  keep(kept, 'fit', fit, fit !== 'cover');
  keep(kept, 'format', format, true);
  keep(kept, 'height', box.height, true);
  keep(kept, 'position', asked.position, boxed && fit === 'cover' && asked.position !== 'center');
  keep(kept, 'quality', asked.quality, format !== 'png');
  keep(kept, 'width', box.width, true);
  return kept.join('&');
}

function keep(kept, name, value, matters) {
  if (value !== undefined && matters) {
    kept.push(name + '=' + value);
  }
}

// Width and height in device pixels, no side above the limit, the box's own ratio kept; then snapped to the stack's sizes.
function sides(asked) {
  const longer = Math.max(asked.width || 0, asked.height || 0);
  const scale = longer === 0 ? 1 : Math.min(asked.dpr || 1, LIMITS.maxDimension / longer);
  const box = {};
  ['width', 'height'].forEach(function (name) {
    if (asked[name] !== undefined) {
      box[name] = snapped(Math.max(1, Math.round(asked[name] * scale)));
    }
  });
  return box;
}

// Up to the next listed size; the largest for what is beyond.
function snapped(side) {
  for (let i = 0; i < LIMITS.sizes.length; i++) {
    if (LIMITS.sizes[i] >= side) {
      return LIMITS.sizes[i];
    }
  }
  return LIMITS.sizes.length > 0 ? LIMITS.sizes[LIMITS.sizes.length - 1] : side;
}

// `auto`: the first of the stack's formats that Accept names; a wildcard names nothing.
function negotiated(format, accept) {
  if (format !== 'auto') {
    return format;
  }
  const ranges = (accept ? accept.value : '').toLowerCase().split(',');
  for (let i = 0; i < LIMITS.formats.length; i++) {
    const wanted = new RegExp('^\\s*image/' + LIMITS.formats[i] + '\\s*(;|$)');
    for (let j = 0; j < ranges.length; j++) {
      if (wanted.test(ranges[j]) && !/;\s*q=0(\.0*)?\s*(;|$)/.test(ranges[j])) {
        return LIMITS.formats[i];
      }
    }
  }
  return 'original';
}

// RFC 9457. CloudFront does not cache what this function answers.
function problem(status, title, detail) {
  return {
    statusCode: status,
    statusDescription: title,
    headers: {
      'content-type': { value: 'application/problem+json' },
      'cache-control': { value: 'public, max-age=60' },
      'x-content-type-options': { value: 'nosniff' },
    },
    body: JSON.stringify({ type: 'about:blank', title: title, status: status, detail: detail }),
  };
}
