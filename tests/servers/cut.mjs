// Cuts an OpenAPI document down to the paths that match a pattern and what these refer to:
//
//     node cut.mjs whole.json PATTERN [PARAMETER] > part.json
//
// Prism reads GitHub's whole document (13 MB) for half a minute before it answers. PARAMETER is left out of all
// operations: Slack's document wants `token` in the query of each, where the service takes a header as well.
import { readFileSync } from 'node:fs';

const [file, pattern, parameter] = process.argv.slice(2);
const whole = JSON.parse(readFileSync(file, 'utf8'));
const wanted = new RegExp(pattern);
const paths = Object.fromEntries(Object.entries(whole.paths).filter(([path]) => wanted.test(path)));
// What is referred to by name instead.
const components = { securitySchemes: whole.components.securitySchemes };

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

if (parameter) {
  for (const operation of Object.values(paths).flatMap(Object.values)) {
    operation.parameters = operation.parameters?.filter(({ name }) => name !== parameter);
  }
}
keep(paths);
const { openapi, info, servers, security } = whole;
process.stdout.write(JSON.stringify({ openapi, info, servers, security, paths, components }));
