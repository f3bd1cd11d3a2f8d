// Cuts an OpenAPI document down to the paths that match a pattern and what these refer to:
//
//     node cut.mjs whole.json PATTERN > part.json
//
// Prism reads GitHub's whole document (13 MB) for half a minute before it answers.
import { readFileSync } from 'node:fs';

const [file, pattern] = process.argv.slice(2);
const whole = JSON.parse(readFileSync(file, 'utf8'));
const wanted = new RegExp(pattern);
const paths = Object.fromEntries(Object.entries(whole.paths).filter(([path]) => wanted.test(path)));
const components = {};

function keep(value) {
  if (value === null || typeof value !== 'object') return;
  if (typeof value.$ref === 'string') {
    const [, , kind, name] = value.$ref.split('/');
    components[kind] ??= {};
    if (!(name in components[kind])) {
      components[kind][name] = whole.components[kind][name];
      keep(components[kind][name]);
    }
  }
  Object.values(value).forEach(keep);
}

keep(paths);
const { openapi, info, servers } = whole;
process.stdout.write(JSON.stringify({ openapi, info, servers, paths, components }));
