// The viewer function: rewrites the path and the query to their canonical spelling. Together they are the cache key.
// CloudFront Function, runtime 2.0: no for-of, spread, destructuring, default parameters or `?.`; at most 10 KB.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
// The stack puts the constant LIMITS in front of this file: infra/delivery/viewer_function.py.

const SIDE = 'a whole number from 1 to ' + LIMITS.maxDimension;
const ACCEPTS = {
  background: 'six hexadecimal digits, as in ffcc00',
  dpr: listWords(LIMITS.choices.dpr),
  fit: listWords(LIMITS.choices.fit),
  format: listWords(LIMITS.choices.format),
  height: SIDE,
  position: listWords(LIMITS.choices.position),
  quality: 'a whole number from 1 to 100',
  width: SIDE,
};
const NAMES = Object.keys(ACCEPTS);
// An ETag of the edge function: the ETag of S3 and 8 more digits. It never equals an ETag of S3.
const OWN_ETAG = /^(W\/)?"[0-9a-f]{32}(-[0-9]{1,5})?-[0-9a-f]{8}"$/;

function handler(event) {
  const request = event.request;
  const path = canonicalPath(request.uri);
  if (path === null) {
    return problemResponse(404, 'Not Found', 'There is no original of this name.');
  }
  const query = isStored(path) ? { values: {}, problems: [] } : parseQuery(request.querystring);
  if (query.problems.length > 0) {
    return problemResponse(400, 'Bad Request', query.problems.join('; ') + '.');
  }
  request.uri = path;
  request.querystring = canonicalQuery(query.values, request.headers.accept, path);
  removeConditions(request.headers, request.querystring !== '');
  return request;
}

// Removes the conditions that S3 could apply: CloudFront would send the 304 of S3 to other viewers, too.
function removeConditions(headers, isRendition) {
  delete headers['if-match'];
  delete headers['if-modified-since'];
  delete headers['if-unmodified-since'];
  if (!isOwnEtag(headers['if-none-match'])) {
    delete headers['if-none-match'];
  }
  // S3 would apply the range to the original, not to the rendition. A range without its If-Range could mix two files.
  if (isRendition || !headers.range || (headers['if-range'] && !isOwnEtag(headers['if-range']))) {
    delete headers.range;
    delete headers['if-range'];
  }
}

// Returns whether the header has one value, an ETag of the edge function.
function isOwnEtag(header) {
  return Boolean(header) && !header.multiValue && OWN_ETAG.test(header.value);
}

function isStored(path) {
  return path.indexOf('/' + LIMITS.storedPrefix) === 0;
}

// Returns the canonical spelling of a path (`+` is a plus sign, never a space; `%41` becomes `A`), or null if the path
// cannot be a key. CloudFront selects the origin by a path that it normalizes in a way that AWS documents only in part.
// So the path of a stored rendition has only one spelling, and a backslash counts as a slash.
function canonicalPath(uri) {
  let key;
  try {
    key = decodeURIComponent(uri.slice(1));
  } catch (malformed) {
    return null;
  }
  const folders = ('/' + key + '/').replace(/[\/\\]+/g, '/');
  if (key === '' || key.endsWith('/') || /\/\.{1,2}\//.test(folders)) {
    return null;
  }
  if (isStored(folders) && !(isStored(uri) && /^(\/[A-Za-z0-9.-]+)+$/.test(uri))) {
    return null;
  }
  return '/' + encodeURIComponent(key).replace(/%2F/g, '/').replace(/[!'()*]/g, function (character) {
    return '%' + character.charCodeAt(0).toString(16).toUpperCase();
  });
}

// Returns the values of the known parameters, and a sentence for each refused parameter.
function parseQuery(querystring) {
  const values = {};
  const problems = [];
  const seen = [];
  Object.keys(querystring).forEach(function (spelling) {
    const name = spelling.toLowerCase();
    if (NAMES.indexOf(name) < 0) {
      return;
    }
    const parameter = querystring[spelling];
    const isRepeated = seen.indexOf(name) >= 0 || (parameter.multiValue && parameter.multiValue.length > 1);
    const value = isRepeated ? null : parseValue(name, parameter.value.toLowerCase());
    if (value === null && problems.every(function (problem) { return problem.indexOf(name) !== 0; })) {
      problems.push(name + ' accepts ' + ACCEPTS[name] + (isRepeated ? ', once' : ''));
    }
    seen.push(name);
    values[name] = value;
  });
  return { values: values, problems: problems };
}

// Returns the value as a number or a word, or null if the parameter does not accept the text.
function parseValue(name, text) {
  switch (name) {
    case 'width':
    case 'height':
      return parseWholeNumber(text, LIMITS.maxDimension);
    case 'quality':
      return parseWholeNumber(text, 100);
    case 'dpr':
      return parseChoice(text, LIMITS.choices.dpr) === null ? null : Number(text);
    case 'background':
      return /^[0-9a-f]{6}$/.test(text) ? text : null;
    case 'format':
      return parseChoice(text === 'jpg' ? 'jpeg' : text, LIMITS.choices.format);
    default:
      return parseChoice(text, LIMITS.choices[name]);
  }
}

function parseWholeNumber(text, max) {
  const number = /^[0-9]+$/.test(text) ? Number(text) : 0;
  return number >= 1 && number <= max ? number : null;
}

function parseChoice(text, words) {
  return words.indexOf(text) < 0 ? null : text;
}

function listWords(words) {
  return words.slice(0, -1).join(', ') + ' or ' + words[words.length - 1];
}

// Returns the parameters in lower case and in alphabetical order, without defaults and without values that have no
// effect. The query always has a format, so that no later step negotiates it. An empty query requests the original.
function canonicalQuery(values, accept, path) {
  const sides = deviceSides(values);
  const hasSide = sides.width !== undefined || sides.height !== undefined;
  const hasBothSides = sides.width !== undefined && sides.height !== undefined;
  const format = negotiateFormat(values.format || LIMITS.format, accept);
  const kept = format === 'original' ? formatOfKey(path) : format;
  const quality = kept === 'png' || kept === 'gif' ? undefined : values.quality;
  if (!hasSide && (format === 'original' ? !quality : !values.format && !values.quality)) {
    return '';
  }
  const fit = hasBothSides && values.fit ? values.fit : 'cover';
  const pairs = [];
  addPair(pairs, 'background', values.background, format === 'jpeg' && values.background !== 'ffffff');
  addPair(pairs, 'fit', fit, fit !== 'cover');
  addPair(pairs, 'format', format, true);
  addPair(pairs, 'height', sides.height, true);
  addPair(pairs, 'position', values.position, hasBothSides && fit === 'cover' && values.position !== 'center');
  addPair(pairs, 'quality', quality, quality !== LIMITS.qualities[hasSide ? kept : format]);
  addPair(pairs, 'width', sides.width, true);
  return pairs.join('&');
}

function addPair(pairs, name, value, hasEffect) {
  if (value !== undefined && hasEffect) {
    pairs.push(name + '=' + value);
  }
}

// Returns the width and the height in device pixels. The longer side is at most maxDimension, rounded up to a size of
// the stack. The other side keeps the ratio.
function deviceSides(values) {
  const longerSide = Math.max(values.width || 0, values.height || 0);
  const pixels = Math.round(Math.min(longerSide * (values.dpr || 1), LIMITS.maxDimension));
  const scale = roundUpToSize(pixels) / longerSide;
  const sides = {};
  ['width', 'height'].forEach(function (name) {
    if (values[name] !== undefined) {
      sides[name] = Math.max(1, Math.round(values[name] * scale));
    }
  });
  return sides;
}

// Returns the smallest size of the stack that is at least `side`, or else the largest, or `side` if there are no sizes.
function roundUpToSize(side) {
  const sizes = LIMITS.sizes;
  return sizes.filter(function (size) { return size >= side; })[0] || sizes[sizes.length - 1] || side;
}

// Returns the format that the extension of the key names. A rendition of a BMP, HEIC, ICO or TIFF is usually a JPEG.
function formatOfKey(path) {
  return path.replace(/.*\./, '').toLowerCase().replace(/^(jpg|bmp|hei[cf]|ico|tiff?)$/, 'jpeg');
}

// Returns the format. `auto` becomes the first format of the stack that the Accept header lists by name (a wildcard
// does not count), or `original` if the header lists none of these formats.
function negotiateFormat(format, accept) {
  if (format !== 'auto') {
    return format;
  }
  const ranges = (accept ? accept.value : '').toLowerCase().split(',');
  return LIMITS.formats.filter(function (name) {
    const mediaType = new RegExp('^\\s*image/' + name + '\\s*(;|$)');
    return ranges.some(function (range) {
      return mediaType.test(range) && !/;\s*q=0(\.0*)?\s*(;|$)/.test(range);
    });
  })[0] || 'original';
}

// Returns a response with a problem document (RFC 9457). CloudFront does not cache responses of the viewer function.
function problemResponse(status, title, detail) {
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
