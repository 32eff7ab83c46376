//! The device plane over HTTP.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use iot_topics::{JobId, ThingName, Timestamp};

use super::arguments::Arguments;
use super::device::members::{self, Included};
use super::device::{Describe, ExecutionView, Plane, Rejection};
use super::effect::Sink;
use super::{Engine, Turn};
use crate::json::{Object, key};
use crate::reject::RejectCode;
use crate::world::World;

/// What an HTTP request asks of the device plane (API model of the IoT jobs data plane). The
/// control plane has paths of the same form on another endpoint.
///
/// # Examples
///
/// ```
/// use iot_jobs::{HttpApi, HttpRequest};
///
/// let request = HttpRequest::parse("PUT", "/things/pump/jobs/%24next").expect("is a path of jobs");
/// let request = request.expect("is right");
/// assert_eq!((request.api, &*request.thing), (HttpApi::StartNext, "pump"));
///
/// let wrong = HttpRequest::parse("DELETE", "/things/pump/jobs").expect("is a path of jobs");
/// assert_eq!(wrong.unwrap_err().status, 405);
/// assert!(HttpRequest::parse("GET", "/things/pump/shadow").is_none());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HttpRequest<'a> {
    /// What is asked.
    pub api: HttpApi,
    /// The name of the thing.
    pub thing: Cow<'a, str>,
    /// The id of the job, or nothing: for `$next`, and where no job is named.
    pub job: Option<Cow<'a, str>>,
    /// Which execution is to be described; the newest without one.
    pub execution_number: Option<u32>,
    /// Whether the description has the job document.
    pub include_job_document: bool,
}

/// The requests that there are.
///
/// # Examples
///
/// ```
/// use iot_jobs::{HttpApi, HttpRequest};
///
/// let api = |method, path| HttpRequest::parse(method, path)?.ok().map(|request| request.api);
/// assert_eq!(api("GET", "/things/pump/jobs"), Some(HttpApi::GetPending));
/// assert_eq!(api("GET", "/things/pump/jobs/$next?includeJobDocument=false"), Some(HttpApi::Describe));
/// assert_eq!(api("POST", "/things/pump/jobs/fw-2"), Some(HttpApi::Update));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a policy must know every request, and AWS closed the set"
)]
pub enum HttpApi {
    /// GetPendingJobExecutions: `GET /things/<thing>/jobs`.
    GetPending,
    /// StartNextPendingJobExecution: `PUT /things/<thing>/jobs/$next`.
    StartNext,
    /// DescribeJobExecution: `GET /things/<thing>/jobs/<job or $next>`, with `executionNumber` and
    /// `includeJobDocument` in the query.
    Describe,
    /// UpdateJobExecution: `POST /things/<thing>/jobs/<job>`.
    Update,
}

/// The answer to an HTTP request.
///
/// # Examples
///
/// ```
/// use iot_jobs::{Engine, NoWorld};
/// use iot_topics::Timestamp;
///
/// let mut engine = Engine::new("us-east-1", "123456789012");
/// let mut ask = |method, path| {
///     let now = Timestamp::from_secs(7);
///     let answer = engine.handle_http(method, path, b"", &NoWorld, &mut (), now);
///     answer.expect("is a path of jobs")
/// };
/// let answer = ask("GET", "/things/pump/jobs");
/// assert_eq!((answer.status, answer.error), (200, None));
/// assert_eq!(answer.body, r#"{"inProgressJobs":[],"queuedJobs":[]}"#);
///
/// let answer = ask("GET", "/things/pump/jobs/fw-2");
/// assert_eq!((answer.status, answer.error), (404, Some("ResourceNotFoundException")));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "an answer of HTTP")]
pub struct HttpAnswer {
    /// The status.
    pub status: u16,
    /// The value of the header `x-amzn-ErrorType`.
    pub error: Option<&'static str>,
    /// JSON text.
    pub body: String,
}

impl<'a> HttpRequest<'a> {
    /// Reads the method and the target of a request: a path, and perhaps a query, both with
    /// percent escapes. `None` if the path is none of jobs.
    ///
    /// # Errors
    ///
    /// The answer to a request with a wrong method, name, id or parameter.
    #[must_use]
    pub fn parse(method: &str, target: &'a str) -> Option<Result<Self, HttpAnswer>> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let (thing, jobs) = path.strip_prefix("/things/")?.split_once('/')?;
        let job = match jobs.strip_prefix("jobs")? {
            "" => None,
            job => Some(job.strip_prefix('/').filter(|job| !job.contains('/'))?),
        };
        Some(Self::read(method, thing, job, query))
    }

    fn read(
        method: &str,
        thing: &'a str,
        job: Option<&'a str>,
        query: &'a str,
    ) -> Result<Self, HttpAnswer> {
        let thing = unescape(thing).filter(|thing| ThingName::check(thing).is_ok());
        let thing = thing.ok_or_else(|| invalid("`thingName` is no name of a thing"))?;
        let named = match job {
            Some(job) => Some(unescape(job).ok_or_else(|| invalid("`jobId` is no id of a job"))?),
            None => None,
        };
        let is_next = named.as_deref() == Some("$next");
        let api = match (method, &named) {
            ("GET", None) => HttpApi::GetPending,
            ("GET", Some(_)) => HttpApi::Describe,
            ("PUT", Some(_)) if is_next => HttpApi::StartNext,
            ("POST", Some(_)) => HttpApi::Update,
            _ => return Err(method_not_allowed()),
        };
        let names_job = api == HttpApi::Update || !is_next;
        let job = named.filter(|_| names_job);
        if job.as_ref().is_some_and(|job| JobId::check(job).is_err()) {
            return Err(invalid("`jobId` is no id of a job"));
        }
        let (mut execution_number, mut include_job_document) = (None, true);
        if api == HttpApi::Describe {
            if let Some(number) = parameter(query, "executionNumber")? {
                execution_number = Some(whole(&number)?);
            }
            match parameter(query, "includeJobDocument")?.as_deref() {
                None | Some("true") => {}
                Some("false") => include_job_document = false,
                Some(_) => return Err(invalid("`includeJobDocument` must be true or false")),
            }
        }
        Ok(Self {
            api,
            thing,
            job,
            execution_number,
            include_job_document,
        })
    }
}

impl Engine {
    /// Answers an HTTP request of a device. `None` if the path is none of jobs. The sink gets what
    /// others are told. Who may ask is the caller's to decide before, and how often: an answer
    /// to one that asks too often is that of
    /// [`RejectCode::RequestThrottled`](crate::RejectCode::RequestThrottled).
    pub fn handle_http(
        &mut self,
        method: &str,
        target: &str,
        body: &[u8],
        world: &dyn World,
        sink: &mut dyn Sink,
        now: Timestamp,
    ) -> Option<HttpAnswer> {
        let mut turn = self.turn(world, sink, now);
        turn.run_due();
        let answer = HttpRequest::parse(method, target).map(|request| {
            let answer = request.and_then(|request| {
                turn.request_http(&request, body)
                    .map_err(|rejection| refuse(&rejection))
            });
            match answer {
                Ok(body) => HttpAnswer {
                    status: 200,
                    error: None,
                    body,
                },
                Err(answer) => answer,
            }
        });
        turn.settle();
        answer
    }
}

impl Turn<'_> {
    /// The body of the answer.
    fn request_http(
        &mut self,
        request: &HttpRequest<'_>,
        body: &[u8],
    ) -> Result<String, Rejection> {
        let thing = &*request.thing;
        let mut answer = Object::new();
        match (request.api, &request.job) {
            (HttpApi::GetPending, _) => self.state.write_pending(thing, &mut answer),
            (HttpApi::StartNext, _) => {
                let members = members::read_object(body)?;
                let members = Arguments::new(&members);
                let start = members::start_next(members, &self.state.limits)?;
                let started = self.start_next(thing, &start)?;
                self.write_http(started, true, &mut answer);
            }
            (HttpApi::Describe, job) => {
                let describe = Describe {
                    job: job.as_deref(),
                    execution_number: request.execution_number,
                };
                let found = self.describe(thing, &describe)?;
                self.write_http(found, request.include_job_document, &mut answer);
            }
            (HttpApi::Update, job) => {
                let members = members::read_object(body)?;
                let members = Arguments::new(&members);
                let (update, included) = members::update(members, &self.state.limits)?;
                let updated = self.update(thing, job.as_deref().unwrap_or_default(), &update)?;
                if let Some(execution) = self.state.view(updated.id, self.now) {
                    write_updated(execution, included, self.world, &mut answer);
                }
                self.finish(updated);
            }
        }
        Ok(answer.finish())
    }

    fn write_http(&self, execution: Option<u32>, with_document: bool, answer: &mut Object) {
        let execution = execution.and_then(|id| self.state.view(id, self.now));
        if let Some(execution) = execution {
            let signer = with_document.then_some(self.world);
            answer.object(key!("execution"), |out| {
                execution.write(Plane::Http, signer, out)
            });
        }
    }
}

fn write_updated(
    execution: ExecutionView<'_>,
    included: Included,
    world: &dyn World,
    answer: &mut Object,
) {
    if included.state {
        answer.object(key!("executionState"), |out| execution.write_state(out));
    }
    if included.document {
        execution.write_document(Plane::Http, world, answer);
    }
}

fn method_not_allowed() -> HttpAnswer {
    let message = "the path has no such method";
    error(405, "MethodNotAllowedException", message)
}

fn invalid(message: &str) -> HttpAnswer {
    let code = RejectCode::InvalidRequest;
    error(code.http_status(), code.http_error(), message)
}

fn refuse(rejection: &Rejection) -> HttpAnswer {
    let code = rejection.code();
    error(code.http_status(), code.http_error(), rejection.message())
}

fn error(status: u16, error: &'static str, message: &str) -> HttpAnswer {
    let mut body = Object::new();
    body.text(key!("message"), message);
    HttpAnswer {
        status,
        error: Some(error),
        body: body.finish(),
    }
}

fn whole(number: &str) -> Result<u32, HttpAnswer> {
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let zero = number.bytes().all(|byte| byte == b'0');
    if !digits || zero {
        return Err(invalid("`executionNumber` must be a whole number above 0"));
    }
    // A number that no execution can have names none.
    Ok(number.parse().unwrap_or(u32::MAX))
}

/// The first parameter of that name.
fn parameter<'a>(query: &'a str, name: &str) -> Result<Option<Cow<'a, str>>, HttpAnswer> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let Some((_, value)) = pairs.find(|(key, _)| *key == name) else {
        return Ok(None);
    };
    match unescape(value) {
        Some(value) => Ok(Some(value)),
        None => Err(invalid(&format!("`{name}` has a wrong escape"))),
    }
}

/// Takes percent escapes back; `None` if one is broken or the bytes are not UTF-8.
fn unescape(text: &str) -> Option<Cow<'_, str>> {
    let Some((plain, escaped)) = text.split_once('%') else {
        return Some(Cow::Borrowed(text));
    };
    let mut out: Vec<u8> = plain.as_bytes().to_vec();
    for piece in escaped.split('%') {
        let (digits, rest) = piece.split_at_checked(2)?;
        let digits = digits
            .bytes()
            .all(|it| it.is_ascii_hexdigit())
            .then_some(digits)?;
        out.push(u8::from_str_radix(digits, 16).ok()?);
        out.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(out).ok().map(Cow::Owned)
}
