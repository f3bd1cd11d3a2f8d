// Cuts an OpenAPI document down to the paths that match a pattern and what these refer to:
//
//     node cut.mjs whole.json PATTERN [PARAMETER] > part.json
//
// Prism reads GitHub's whole document (13 MB) for half a minute before it answers. PARAMETER is left out of all
// operations: Slack's document wants `token` in the query of each, where the service takes a header as well.
//
// A document that says nothing of credentials, as GitHub's, wants a bearer token. Of answers' headers `Link` is left
// out: its examples lead to the service itself. Where an example is said to be another (`value: { $ref }`), which
// OpenAPI doesn't know, its value is put there.
import { readFileSync } from 'node:fs';

const [file, pattern, parameter] = process.argv.slice(2);
const whole = JSON.parse(readFileSync(file, 'utf8'));
const wanted = new RegExp(pattern);
const paths = Object.fromEntries(Object.entries(whole.paths).filter(([path]) => wanted.test(path)));
const securitySchemes = whole.components.securitySchemes ?? { token: { type: 'http', scheme: 'bearer' } };
// What is referred to by name instead.
const components = { securitySchemes };

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
  for (const example of Object.values(value.examples ?? {})) {
    const name = example?.value?.$ref?.split('/').at(-1);
    if (name in (whole.components.examples ?? {})) example.value = whole.components.examples[name].value;
  }
  Object.values(value).forEach(keep);
}

if (parameter) {
  for (const operation of Object.values(paths).flatMap(Object.values)) {
    operation.parameters = operation.parameters?.filter(({ name }) => name !== parameter);
  }
}
for (const operation of Object.values(paths).flatMap(Object.values)) {
  for (const answer of Object.values(operation.responses ?? {})) delete answer.headers?.Link;
}
keep(paths);
const { openapi, info, servers } = whole;
const security = whole.security ?? (whole.components.securitySchemes ? undefined : [{ token: [] }]);
process.stdout.write(JSON.stringify({ openapi, info, servers, security, paths, components }));
