// An OpenID provider with everything that a connector's OAuth 2.0 may meet, at http://127.0.0.1:PORT.
//
//     node op.mjs PORT
//
// Clients: `cli` (public: code with PKCE, any port of http://127.0.0.1/callback, device code), `web` (secret
// `web-s3cret`: code with PKCE) and `service` (secret `service-s3cret`: client credentials). An access token lasts
// ACCESS_TOKEN_TTL seconds. Any name and password log in; its pages are the provider's own for development.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

// The package is where `install` put it, which is not above this file.
const require = createRequire(`${process.env.SERVERS}/`);
const { Provider } = await import(pathToFileURL(require.resolve('oidc-provider')));

const port = Number(process.argv[2]);
const device = 'urn:ietf:params:oauth:grant-type:device_code';
const scopes = ['openid', 'offline_access', 'docs:read', 'docs:write'];
const code = ['authorization_code', 'refresh_token'];

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: 'cli',
      token_endpoint_auth_method: 'none',
      application_type: 'native',
      redirect_uris: ['http://127.0.0.1/callback'],
      response_types: ['code'],
      grant_types: [...code, device],
    },
    {
      client_id: 'web',
      client_secret: 'web-s3cret',
      application_type: 'native',
      redirect_uris: ['http://127.0.0.1/callback'],
      response_types: ['code'],
      grant_types: code,
    },
    {
      client_id: 'service',
      client_secret: 'service-s3cret',
      redirect_uris: [],
      response_types: [],
      grant_types: ['client_credentials'],
      scope: 'docs:read docs:write',
    },
  ],
  scopes,
  features: {
    devInteractions: { enabled: true },
    deviceFlow: { enabled: true },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    revocation: { enabled: true },
  },
  pkce: { required: () => true },
  rotateRefreshToken: true,
  issueRefreshToken: () => true,
  ttl: {
    AccessToken: Number(process.env.ACCESS_TOKEN_TTL ?? 3600),
    ClientCredentials: Number(process.env.ACCESS_TOKEN_TTL ?? 3600),
    RefreshToken: 3600,
    DeviceCode: 600,
    Session: 3600,
    Grant: 3600,
    Interaction: 600,
  },
  cookies: { keys: ['of this run'] },
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
});

provider.listen(port, '127.0.0.1');
