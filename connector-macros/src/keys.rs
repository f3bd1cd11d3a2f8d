//! The names of all attributes and keys, in one place.

/// The attribute on the struct and the impl.
pub(crate) const CONNECTOR: &str = "connector";

/// Attributes of fields.
pub(crate) const CONFIG: &str = "config";
pub(crate) const SECRET: &str = "secret";
pub(crate) const STATE: &str = "state";
pub(crate) const HTTP: &str = "http";

/// Attributes of methods.
pub(crate) const ACTION: &str = "action";
pub(crate) const HEALTH: &str = "health";
pub(crate) const OPTIONS: &str = "options";
pub(crate) const LOGIN: &str = "login";
pub(crate) const EVENTS: &str = "events";
pub(crate) const SEND: &str = "send";

/// Attributes of parameters.
pub(crate) const ARG: &str = "arg";
pub(crate) const INPUT: &str = "input";

pub(crate) const FIELD_ATTRIBUTES: [&str; 4] = [CONFIG, SECRET, STATE, HTTP];
pub(crate) const METHOD_ATTRIBUTES: [&str; 6] = [ACTION, HEALTH, OPTIONS, LOGIN, EVENTS, SEND];
pub(crate) const PARAMETER_ATTRIBUTES: [&str; 2] = [ARG, INPUT];

/// Keys of `#[connector(..)]` on a struct.
pub(crate) const ID: &str = "id";
pub(crate) const TITLE: &str = "title";
pub(crate) const CATEGORY: &str = "category";
pub(crate) const ICON: &str = "icon";
pub(crate) const DOCS: &str = "docs";
pub(crate) const AUTH: &str = "auth";
pub(crate) const RATE: &str = "rate";
pub(crate) const CRATE: &str = "crate";

/// Ways to authenticate, values of `auth`.
pub(crate) const NONE: &str = "none";
pub(crate) const BEARER: &str = "bearer";
pub(crate) const RENEW: &str = "renew";
pub(crate) const API_KEY: &str = "api_key";
pub(crate) const BASIC: &str = "basic";
pub(crate) const HEADER: &str = "header";
pub(crate) const QUERY: &str = "query";
pub(crate) const COOKIE: &str = "cookie";
pub(crate) const OAUTH2: &str = "oauth2";
pub(crate) const ANY: &str = "any";

/// Keys of `oauth2(..)`.
pub(crate) const AUTHORIZE: &str = "authorize";
pub(crate) const DEVICE: &str = "device";
pub(crate) const TOKEN: &str = "token";
pub(crate) const REVOKE: &str = "revoke";
pub(crate) const CLIENT_ID: &str = "client_id";
pub(crate) const CLIENT_SECRET: &str = "client_secret";
pub(crate) const CLIENT_AUTH: &str = "client_auth";
pub(crate) const GRANT: &str = "grant";
pub(crate) const CLIENT_CREDENTIALS: &str = "client_credentials";

/// Keys of fields and parameters.
pub(crate) const DEFAULT: &str = "default";
pub(crate) const ENV: &str = "env";
pub(crate) const PLACEHOLDER: &str = "placeholder";
pub(crate) const HELP: &str = "help";
pub(crate) const RANGE: &str = "range";
pub(crate) const LENGTH: &str = "length";
pub(crate) const PATTERN: &str = "pattern";
pub(crate) const ADVANCED: &str = "advanced";
pub(crate) const DEPENDS_ON: &str = "depends_on";
pub(crate) const UNUSED_BY_AUTH: &str = "unused_by_auth";
pub(crate) const BASE: &str = "base";
pub(crate) const HEADERS: &str = "headers";
pub(crate) const CONCURRENCY: &str = "concurrency";
pub(crate) const MOST_BYTES: &str = "most_bytes";

/// Keys of `#[action(..)]`.
pub(crate) const READ: &str = "read";
pub(crate) const WRITE: &str = "write";
pub(crate) const DESTRUCTIVE: &str = "destructive";
pub(crate) const NAME: &str = "name";
pub(crate) const RESOURCE: &str = "resource";
pub(crate) const COMMAND: &str = "command";
pub(crate) const SCOPES: &str = "scopes";
pub(crate) const TIMEOUT: &str = "timeout";
pub(crate) const RISK: &str = "risk";
pub(crate) const BUSINESS: &str = "business";
pub(crate) const LOCAL: &str = "local";
pub(crate) const IDEMPOTENT: &str = "idempotent";
pub(crate) const TRUST: &str = "trust";
pub(crate) const MODE: &str = "mode";

/// Keys of `#[events(..)]`.
pub(crate) const EVERY: &str = "every";
pub(crate) const WINDOW: &str = "window";

/// Methods of HTTP that an action without a body can be.
pub(crate) const HTTP_METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// Keys of `#[http(METHOD, "/path", ..)]` on an action.
pub(crate) const CONTENT: &str = "content";
pub(crate) const SELECT: &str = "select";
pub(crate) const PAGE: &str = "page";
pub(crate) const MOST: &str = "most";
pub(crate) const CLIENT: &str = "client";
pub(crate) const REVERSIBLE: &str = "reversible";
/// A key of `#[arg(..)]` on its arguments, besides `HEADER` and `QUERY`.
pub(crate) const BODY: &str = "body";

/// How a body is written, values of `content`.
pub(crate) const CONTENTS: [&str; 2] = ["json", "form"];

/// How the next page is found, values of `page`.
pub(crate) const LINK: &str = "link";
pub(crate) const CURSOR: &str = "cursor";
pub(crate) const NUMBER: &str = "number";
pub(crate) const OFFSET: &str = "offset";
pub(crate) const FIRST: &str = "first";
pub(crate) const PAGE_KINDS: [&str; 4] = [LINK, CURSOR, NUMBER, OFFSET];

/// From the least to the most, like `Trust` of the runtime.
pub(crate) const TRUSTS: [&str; 3] = ["auto", "confirm", "restricted"];
/// From the least to the most, like `Mode` of the runtime.
pub(crate) const MODES: [&str; 4] = ["readonly", "write", "full", "admin"];

/// What may stand in each list.
pub(crate) const CONNECTOR_KEYS: [&str; 8] = [ID, TITLE, CATEGORY, ICON, DOCS, AUTH, RATE, CRATE];
pub(crate) const IMPL_KEYS: [&str; 1] = [CRATE];
pub(crate) const CONFIG_KEYS: [&str; 10] =
    [DEFAULT, ENV, PLACEHOLDER, HELP, RANGE, LENGTH, PATTERN, OPTIONS, DEPENDS_ON, ADVANCED];
pub(crate) const SECRET_KEYS: [&str; 3] = [ENV, HELP, UNUSED_BY_AUTH];
pub(crate) const HTTP_KEYS: [&str; 4] = [BASE, HEADERS, CONCURRENCY, MOST_BYTES];
pub(crate) const ARG_KEYS: [&str; 8] = [DEFAULT, RANGE, LENGTH, PATTERN, OPTIONS, QUERY, HEADER, BODY];
pub(crate) const REQUEST_KEYS: [&str; 6] = [CONTENT, SELECT, PAGE, MOST, CLIENT, REVERSIBLE];
pub(crate) const ACTION_KEYS: [&str; 13] = [
    READ,
    WRITE,
    DESTRUCTIVE,
    NAME,
    RESOURCE,
    COMMAND,
    SCOPES,
    TIMEOUT,
    RISK,
    LOCAL,
    IDEMPOTENT,
    TRUST,
    MODE,
];
pub(crate) const EVENTS_KEYS: [&str; 2] = [EVERY, WINDOW];
pub(crate) const SEND_KEYS: [&str; 1] = [IDEMPOTENT];
pub(crate) const AUTH_KINDS: [&str; 6] = [NONE, BEARER, API_KEY, BASIC, OAUTH2, ANY];
pub(crate) const OAUTH2_KEYS: [&str; 9] =
    [AUTHORIZE, DEVICE, TOKEN, REVOKE, SCOPES, CLIENT_ID, CLIENT_SECRET, CLIENT_AUTH, GRANT];

/// Names that hosts put into every input; an argument of that name would never see its own value.
pub(crate) const RESERVED_ARGUMENTS: [&str; 2] = ["connection_slug", "connector_slug"];

/// The first words of the commands that the binary of every connector has (design: "The binary that
/// `main!` makes"), those of platforms that come later included: they can't be given away now.
pub(crate) const RESERVED_COMMANDS: [&str; 25] = [
    "__complete",
    "act",
    "auth-ok",
    "call",
    "capabilities",
    "check",
    "completions",
    "config",
    "connect",
    "connections",
    "discover",
    "disconnect",
    "doctor",
    "health",
    "help",
    "mailbox",
    "manifest",
    "mcp",
    "options",
    "read",
    "spec",
    "subscribe",
    "sync",
    "tap",
    "version",
];

/// Commands of the binary that are one word and begin no other, so that an action may be `contacts.list`.
pub(crate) const RESERVED_WORDS: [&str; 2] = ["contacts", "subscriber"];

/// The options that every command of the binary takes (`GLOBAL_OPTIONS` of the runtime, in its order).
pub(crate) const GLOBAL_OPTIONS: [&str; 12] = [
    "json",
    "mode",
    "set",
    "config",
    "verbose",
    "yes",
    "timeout",
    "help",
    "version",
    "workspace",
    "connection",
    "input",
];
