//! A file as the objects that hosts open and call.

use std::sync::Arc;

use reqwest::Url;
use reqwest::header::CONTENT_TYPE;

use super::endpoint::Job;
use super::resolve::Definition;
use super::template::Base;
use super::values::Values;
use super::{arguments, host, request};
use crate::__private::Opening;
use crate::http::Http;
use crate::manifest::Manifest;
use crate::{Call, Connector, Error, Factory, Result, Run, Secret, Settings};

pub(super) struct YamlFactory(pub(super) Arc<Definition>);

impl Factory for YamlFactory {
    fn manifest(&self) -> &Manifest {
        &self.0.manifest
    }

    fn open(&self, settings: &Settings) -> Result<Box<dyn Connector>> {
        let definition = Arc::clone(&self.0);
        let values = values(&definition.manifest, settings)?;
        let credentials = definition.plan.credentials(&values, definition.header_pair.as_ref())?;
        let urls: Vec<Option<String>> =
            definition.bases.iter().map(|base| host::base_url(base, &values)).collect::<Result<_>>()?;
        let mut hosts = definition.allowed_hosts.clone();
        for url in urls.iter().flatten() {
            hosts.extend(Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)));
        }
        let mut clients = Vec::with_capacity(urls.len());
        for (base, url) in definition.bases.iter().zip(urls) {
            let Some(url) = url else {
                clients.push(None);
                continue;
            };
            let mut builder = Http::builder(url).credentials(credentials.clone()).allowed_hosts(&hosts);
            if base.first_hole().is_some() {
                builder = builder.public_only();
            }
            let client = builder.build().map_err(|error| match base.first_hole() {
                Some(name) => error.context(format_args!("setting `{name}`")),
                None => error,
            })?;
            clients.push(Some(client));
        }
        Ok(Box::new(YamlConnector { definition, values, clients }))
    }
}

/// What is set, once it is known that nothing is missing or unknown.
fn values(manifest: &Manifest, settings: &Settings) -> Result<Values> {
    let mut opening = Opening::new(manifest, settings);
    let mut values = Values::default();
    for setting in &manifest.settings {
        let text = opening.setting::<Option<String>>(&setting.name, None, |_| Ok(()));
        match text.map(|text| text.filter(|text| !text.is_empty())) {
            Some(Some(text)) => drop(values.texts.insert(setting.name.clone(), text)),
            Some(None) if setting.required => opening.miss(&setting.name),
            _ => {}
        }
    }
    for credential in &manifest.credentials {
        match opening.secret::<Option<Secret>>(&credential.name).flatten() {
            Some(secret) => drop(values.secrets.insert(credential.name.clone(), secret)),
            None if credential.required => opening.miss(&credential.name),
            None => {}
        }
    }
    opening.finish()?;
    Ok(values)
}

struct YamlConnector {
    definition: Arc<Definition>,
    values: Values,
    /// Of each base URL; none where a setting that it needs is not set.
    clients: Vec<Option<Http>>,
}

impl YamlConnector {
    fn client(&self, at: usize) -> Result<&Http> {
        match self.clients.get(at) {
            Some(Some(client)) => Ok(client),
            _ => {
                let holes = self.definition.bases.get(at).map(Base::holes).unwrap_or_default();
                let missing =
                    holes.into_iter().find(|name| self.values.get(name).is_none()).unwrap_or_default();
                Err(Error::setup(format!(
                    "setting `{missing}` is missing, which is a part of the action's URL; set it"
                ))
                .with_detail("missing_keys", vec![missing]))
            }
        }
    }
}

impl Connector for YamlConnector {
    fn manifest(&self) -> &Manifest {
        &self.definition.manifest
    }

    fn prepare<'a>(&'a self, call: Call<'a>) -> Result<Run<'a>> {
        let operation = self
            .definition
            .operations
            .get(call.index)
            .ok_or_else(|| Error::internal(format!("there is no action at {}", call.index)))?;
        let endpoint = match &operation.job {
            Job::Request(endpoint) => endpoint,
            // Nothing that anybody sets makes it run, so it is the call that is wrong.
            Job::Refused(why) => return Err(Error::usage(why.clone())),
        };
        let arguments = arguments::parse(call.input, &operation.parameters)?;
        let client = self.client(endpoint.base)?;
        let mut request = request::make(client, endpoint, &operation.parameters, &arguments, &self.values)?;
        for (name, value) in &self.definition.headers {
            // What a form is called is not for the file to say.
            if endpoint.is_form && name == CONTENT_TYPE {
                continue;
            }
            request = request.header(name.as_str(), value);
        }
        let request = request.within(call.context);
        Ok(Box::pin(async move { request::output(request.whole().send().await?).await }))
    }

    fn origins(&self) -> Vec<String> {
        self.clients.iter().flatten().map(Http::origin).collect()
    }
}
