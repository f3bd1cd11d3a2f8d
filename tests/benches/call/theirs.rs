//! rmcp's tool call, as fast as it goes: a stored router (the default builds one at each call), raw JSON
//! lines over a duplex without a client of its own, one thread.

use rmcp::handler::server::router::tool::ToolRouter;
use rmcp::handler::server::wrapper::{Json, Parameters};
use rmcp::{ServerHandler, ServiceExt, tool, tool_handler, tool_router};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, ReadHalf, WriteHalf};

use super::greeting::{Arguments, Greeting, INPUT, greet};

#[derive(Clone)]
struct Greeter {
    tool_router: ToolRouter<Self>,
}

#[tool_router]
impl Greeter {
    #[tool(description = "Greets somebody.")]
    async fn greet(&self, Parameters(arguments): Parameters<Arguments>) -> Json<Greeting> {
        Json(greet(&arguments.name, arguments.count, arguments.ratio))
    }
}

#[tool_handler(router = self.tool_router)]
impl ServerHandler for Greeter {}

/// A client that writes lines and reads lines.
pub(crate) struct Theirs {
    lines: BufReader<ReadHalf<DuplexStream>>,
    server: WriteHalf<DuplexStream>,
    request: String,
    answer: String,
}

impl Theirs {
    pub(crate) async fn serve() -> Self {
        let (near, far) = tokio::io::duplex(1 << 20);
        tokio::spawn(async move {
            let server = Greeter { tool_router: Greeter::tool_router() };
            let running = server.serve(far).await.expect("a client");
            running.waiting().await.expect("no panic")
        });
        let (read, write) = tokio::io::split(near);
        let mut client = Self {
            lines: BufReader::with_capacity(1 << 16, read),
            server: write,
            request: String::new(),
            answer: String::new(),
        };
        client
            .send(concat!(
                r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","#,
                r#""capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}"#,
                "\n"
            ))
            .await;
        client.receive().await;
        client.send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n").await;
        client
    }

    /// Calls the tool that many times at once, and returns the last answer.
    pub(crate) async fn call(&mut self, times: u32) -> &str {
        let mut request = std::mem::take(&mut self.request);
        request.clear();
        for id in 1..=times {
            request.push_str(r#"{"jsonrpc":"2.0","id":"#);
            request.push_str(&id.to_string());
            request.push_str(r#","method":"tools/call","params":{"name":"greet","arguments":"#);
            request.push_str(str::from_utf8(INPUT).expect("text"));
            request.push_str("}}\n");
        }
        self.send(&request).await;
        self.request = request;
        for _ in 0..times {
            self.receive().await;
        }
        &self.answer
    }

    async fn send(&mut self, lines: &str) {
        self.server.write_all(lines.as_bytes()).await.expect("a server");
    }

    async fn receive(&mut self) {
        self.answer.clear();
        self.lines.read_line(&mut self.answer).await.expect("an answer");
    }
}
