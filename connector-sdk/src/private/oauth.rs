//! OAuth 2.0 as the attribute says it: what follows for the manifest.

use serde_json::json;

use super::spec::{Given, OAuth2Spec};
use crate::manifest::{ClientAuth, ClientId, Credential, Grant, Manifest, OAuth2, Setting};

/// The names of what no field holds.
const CLIENT_ID: &str = "client_id";
const CLIENT_SECRET: &str = "client_secret";

pub(super) fn oauth2(spec: &OAuth2Spec) -> OAuth2 {
    let text = |text: Option<&str>| text.map(str::to_owned);
    OAuth2 {
        authorize: text(spec.authorize),
        device: text(spec.device),
        token: spec.token.to_owned(),
        revoke: text(spec.revoke),
        scopes: spec.scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        client_id: match spec.client_id {
            Some(Given::Text(id)) => ClientId::Literal(id.to_owned()),
            Some(Given::Field(name)) => ClientId::Setting(name.to_owned()),
            Some(Given::Env(_)) | None => ClientId::Setting(CLIENT_ID.to_owned()),
        },
        client_secret: spec.client_secret.and_then(|secret| match secret {
            Given::Field(name) => Some(name.to_owned()),
            Given::Env(_) => Some(CLIENT_SECRET.to_owned()),
            // Refused by the attribute.
            Given::Text(_) => None,
        }),
        client_auth: if spec.in_body { ClientAuth::Body } else { ClientAuth::Basic },
        grant: if spec.for_itself { Grant::ClientCredentials } else { Grant::User },
    }
}

/// Adds what is read from the environment and held by no field, so that it is set as all else is. Where OAuth is
/// one way of several, the connection opens without.
pub(super) fn declare(manifest: &mut Manifest, spec: &OAuth2Spec, is_only_way: bool) {
    if let Some(Given::Env(env)) = spec.client_id {
        let mut setting = Setting::new(CLIENT_ID, env);
        setting.description = "The id of the client, as the service knows it.".to_owned();
        setting.schema = json!({ "type": "string", "description": setting.description });
        setting.required = is_only_way;
        setting.advanced = true;
        manifest.settings.push(setting);
    }
    if let Some(Given::Env(env)) = spec.client_secret {
        let mut credential = Credential::new(CLIENT_SECRET, env);
        credential.description = "The secret of the client.".to_owned();
        credential.required = is_only_way && spec.for_itself;
        manifest.credentials.push(credential);
    }
}
