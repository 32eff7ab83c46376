//! The job templates that AWS keeps, and the parameters of their documents.

use alloc::borrow::{Cow, ToOwned as _};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use serde_json::{Map, Value, json};

use crate::placeholder::{Placeholder, is_parameter_char};
use crate::text::{category::is_other, longer_than};
use crate::{ConfigError, JobDocument, Limits};

/// A parameter of a document: its name, which texts it takes, and whether it may be left out.
///
/// # Examples
///
/// ```
/// use iot_jobs::{DocumentParameter, TextPattern};
///
/// let parameter = DocumentParameter::new("runAsUser", TextPattern::parse("(.){0,256}").unwrap(), true);
/// assert_eq!(parameter.key(), "runAsUser");
/// assert_eq!(parameter.pattern().to_string(), "(.){0,256}");
/// assert!(parameter.is_optional());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentParameter {
    key: Cow<'static, str>,
    pattern: TextPattern,
    optional: bool,
    description: Cow<'static, str>,
    example: Cow<'static, str>,
}

/// The texts that a parameter takes: a run of characters of one line, in one of the forms that
/// managed templates use, `(.*?)` and `(.){MIN,MAX}`.
///
/// # Examples
///
/// ```
/// use iot_jobs::TextPattern;
///
/// let pattern = TextPattern::parse("(.){0,3}").unwrap();
/// assert!(pattern.matches("") && pattern.matches("aé☃"));
/// assert!(!pattern.matches("four") && !pattern.matches("a\nb"));
/// assert!(TextPattern::parse("(.*?)").unwrap().matches("as long as you like"));
/// assert_eq!(TextPattern::parse("[a-z]+"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextPattern {
    min: usize,
    max: Option<usize>,
}

/// A job template that AWS keeps.
///
/// Source: developer guide, "Managed templates" (Use AWS managed templates to deploy common remote
/// operations), which shows the document of each of the eight and names their parameters; "Create a
/// job from AWS managed templates by using the AWS CLI" shows patterns and examples, of
/// `AWS-Download-File` alone. The others are taken to have the same patterns. `AWS-Run-Command` is
/// said to take `runAsUser` alone there, and to have both optional parameters in common with the
/// others as well; `pathToHandler` is taken and not used.
///
/// # Examples
///
/// ```
/// use iot_jobs::{Limits, ManagedTemplate};
///
/// let template = ManagedTemplate::find("AWS-Download-File").unwrap();
/// assert_eq!(template.name(), "AWS-Download-File");
/// let keys: Vec<_> = template.parameters().iter().map(|p| p.key().to_owned()).collect();
/// assert_eq!(keys, ["downloadUrl", "filePath", "runAsUser", "pathToHandler"]);
///
/// let given = [("downloadUrl", "https://example.com/a"), ("filePath", "/tmp/a")];
/// let given = given.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
/// let text = template.fill(&given, &Limits::AWS_IOT).unwrap();
/// assert!(text.contains(r#""args":["https://example.com/a","/tmp/a"]"#));
/// assert!(template.document().contains("${aws:iot:parameter:downloadUrl}"));
/// assert_eq!(ManagedTemplate::all().count(), 8);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManagedTemplate {
    name: Cow<'static, str>,
    version: Cow<'static, str>,
    description: Cow<'static, str>,
    content: Content,
}

/// What a document is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Content {
    /// One step; the parameters that must be given, in the order of the arguments.
    Step {
        arguments: &'static [&'static str],
        run: Run,
    },
    Given {
        document: String,
        parameters: Vec<DocumentParameter>,
    },
}

/// What the step of a document does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Run {
    Handler(&'static str),
    Command,
}

static TEMPLATES: &[ManagedTemplate] = &[
    template(
        "AWS-Reboot",
        "A managed job template for rebooting the device.",
        &[],
        Run::Handler("reboot.sh"),
    ),
    template(
        "AWS-Download-File",
        "A managed job template for downloading a file.",
        &["downloadUrl", "filePath"],
        Run::Handler("download-file.sh"),
    ),
    template(
        "AWS-Install-Application",
        "A managed job template for installing one or more applications.",
        &["packages"],
        Run::Handler("install-packages.sh"),
    ),
    template(
        "AWS-Remove-Application",
        "A managed job template for uninstalling one or more applications.",
        &["packages"],
        Run::Handler("remove-packages.sh"),
    ),
    template(
        "AWS-Start-Application",
        "A managed job template for starting one or more system services.",
        &["services"],
        Run::Handler("start-services.sh"),
    ),
    template(
        "AWS-Stop-Application",
        "A managed job template for stopping one or more system services.",
        &["services"],
        Run::Handler("stop-services.sh"),
    ),
    template(
        "AWS-Restart-Application",
        "A managed job template for restarting one or more system services.",
        &["services"],
        Run::Handler("restart-services.sh"),
    ),
    template(
        "AWS-Run-Command",
        "A managed job template for running a shell command.",
        &["command"],
        Run::Command,
    ),
];

const fn template(
    name: &'static str,
    description: &'static str,
    arguments: &'static [&'static str],
    run: Run,
) -> ManagedTemplate {
    ManagedTemplate {
        name: Cow::Borrowed(name),
        version: Cow::Borrowed(VERSION),
        description: Cow::Borrowed(description),
        content: Content::Step { arguments, run },
    }
}

/// The version of each template that is built in.
const VERSION: &str = "1.0";

/// What the parameters are for, and an example of each.
const ABOUT: &[(&str, &str, &str)] = &[
    (
        "downloadUrl",
        "where the file is",
        "http://www.example.com/index.html",
    ),
    (
        "filePath",
        "where the device writes the file",
        "/path/to/file",
    ),
    (
        "packages",
        "applications, separated by spaces",
        "nginx openssh-server",
    ),
    ("services", "services, separated by spaces", "nginx sshd"),
    (
        "command",
        "the words of the command, separated by commas",
        "ls,-l,/tmp",
    ),
    (
        "runAsUser",
        "who runs the handler; without it, the user of the device client",
        "user1",
    ),
    (
        "pathToHandler",
        "where the handler is; without it, the working directory of the device client",
        "/path/to/handler/script",
    ),
];

/// What each template takes beside its own.
const COMMON: [(&str, TextPattern); 2] = [
    (
        "runAsUser",
        TextPattern {
            min: 0,
            max: Some(256),
        },
    ),
    (
        "pathToHandler",
        TextPattern {
            min: 0,
            max: Some(4_096),
        },
    ),
];

impl TextPattern {
    /// Reads one of the two forms; nothing, if it is another.
    #[must_use]
    pub fn parse(regex: &str) -> Option<Self> {
        if matches!(regex, "(.*?)" | "(.*)" | ".*") {
            return Some(Self { min: 0, max: None });
        }
        let bounds = regex.strip_prefix("(.){")?.strip_suffix('}')?;
        let (min, max) = bounds.split_once(',')?;
        let (min, max) = (min.parse().ok()?, max.parse().ok()?);
        (min <= max).then_some(Self {
            min,
            max: Some(max),
        })
    }

    /// Whether the whole text fits.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let ends_line = |c| matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}');
        let chars = text.chars().count();
        chars >= self.min && self.max.is_none_or(|max| chars <= max) && !text.contains(ends_line)
    }
}

impl core::fmt::Display for TextPattern {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.max {
            Some(max) => write!(f, "(.){{{},{max}}}", self.min),
            None => f.write_str("(.*?)"),
        }
    }
}

impl DocumentParameter {
    /// A parameter.
    #[must_use]
    pub fn new(key: impl Into<Cow<'static, str>>, pattern: TextPattern, optional: bool) -> Self {
        Self {
            key: key.into(),
            pattern,
            optional,
            description: Cow::Borrowed(""),
            example: Cow::Borrowed(""),
        }
    }

    /// The parameter, with what people are told of it.
    ///
    /// ```
    /// use iot_jobs::{DocumentParameter, TextPattern};
    ///
    /// let parameter = DocumentParameter::new("path", TextPattern::parse("(.*?)").unwrap(), false);
    /// let parameter = parameter.with_description("a file", "/tmp/a");
    /// assert_eq!((parameter.description(), parameter.example()), ("a file", "/tmp/a"));
    /// ```
    #[must_use]
    pub fn with_description(
        mut self,
        description: impl Into<Cow<'static, str>>,
        example: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.description = description.into();
        self.example = example.into();
        self
    }

    /// What it is for; may be empty.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    /// A text that it takes; may be empty.
    #[must_use]
    pub fn example(&self) -> &str {
        &self.example
    }

    /// Its name.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Which texts it takes.
    #[must_use]
    pub const fn pattern(&self) -> TextPattern {
        self.pattern
    }

    /// Whether it may be left out, which stands for the empty text.
    #[must_use]
    pub const fn is_optional(&self) -> bool {
        self.optional
    }
}

impl ManagedTemplate {
    /// One that is not built in; its version is `1.0`.
    ///
    /// ```
    /// use iot_jobs::{DocumentParameter, Limits, ManagedTemplate, TextPattern};
    ///
    /// let seconds = DocumentParameter::new("seconds", TextPattern::parse("(.){1,4}").unwrap(), false);
    /// let document = r#"{"sleep": "${aws:iot:parameter:seconds}"}"#;
    /// let template = ManagedTemplate::new("AWS-Sleep", document, vec![seconds])
    ///     .with_version("2.0")
    ///     .with_description("Sleeps.");
    /// assert_eq!((template.version(), template.description()), ("2.0", "Sleeps."));
    /// let given = [("seconds".to_owned(), "9".to_owned())].into();
    /// assert_eq!(template.fill(&given, &Limits::AWS_IOT).unwrap(), r#"{"sleep": "9"}"#);
    /// ```
    #[must_use]
    pub fn new(
        name: impl Into<Cow<'static, str>>,
        document: impl Into<String>,
        parameters: Vec<DocumentParameter>,
    ) -> Self {
        Self {
            name: name.into(),
            version: Cow::Borrowed(VERSION),
            description: Cow::Borrowed(""),
            content: Content::Given {
                document: document.into(),
                parameters,
            },
        }
    }

    /// The template, in that version.
    #[must_use]
    pub fn with_version(mut self, version: impl Into<Cow<'static, str>>) -> Self {
        self.version = version.into();
        self
    }

    /// The template, with what it does.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<Cow<'static, str>>) -> Self {
        self.description = description.into();
        self
    }

    /// Those that are built in.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        TEMPLATES.iter()
    }

    /// One that is built in, by its name, as `AWS-Reboot`.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        TEMPLATES.iter().find(|template| template.name == name)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its version, as `1.0`.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What it does; may be empty.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    /// What its document takes: its own parameters first, which must be given.
    #[must_use]
    pub fn parameters(&self) -> Vec<DocumentParameter> {
        let arguments = match &self.content {
            Content::Step { arguments, .. } => arguments,
            Content::Given { parameters, .. } => return parameters.clone(),
        };
        let any = TextPattern { min: 0, max: None };
        let own = arguments
            .iter()
            .map(|key| DocumentParameter::new(*key, any, false));
        let common = COMMON
            .iter()
            .map(|(key, pattern)| DocumentParameter::new(*key, *pattern, true));
        let described = own.chain(common).map(|parameter| {
            let about = ABOUT.iter().find(|(key, _, _)| *key == parameter.key());
            match about {
                Some((_, description, example)) => {
                    parameter.with_description(*description, *example)
                }
                None => parameter,
            }
        });
        described.collect()
    }

    /// Its document, with placeholders for the parameters.
    #[must_use]
    pub fn document(&self) -> String {
        let (arguments, run) = match &self.content {
            Content::Step { arguments, run } => (*arguments, *run),
            Content::Given { document, .. } => return document.clone(),
        };
        let parameter = |key: &str| Value::from(format!("${{aws:iot:parameter:{key}}}"));
        let (kind, input) = match run {
            Run::Handler(handler) => {
                let mut input = Map::new();
                input.insert("handler".into(), handler.into());
                if !arguments.is_empty() {
                    let arguments = arguments.iter().map(|key| parameter(key));
                    input.insert("args".into(), arguments.collect());
                }
                input.insert("path".into(), parameter("pathToHandler"));
                ("runHandler", Value::Object(input))
            }
            Run::Command => ("runCommand", json!({"command": parameter("command")})),
        };
        let name = self.name.strip_prefix("AWS-").unwrap_or(&self.name);
        let action = json!({
            "name": name, "type": kind, "input": input, "runAsUser": parameter("runAsUser"),
        });
        json!({"version": "1.0", "steps": [{"action": action}]}).to_string()
    }

    /// Its document, filled in.
    ///
    /// # Errors
    ///
    /// Those of [`fill_parameters`].
    pub fn fill(
        &self,
        given: &BTreeMap<String, String>,
        limits: &Limits,
    ) -> Result<String, ConfigError> {
        fill_parameters(&self.document(), &self.parameters(), given, limits)
    }
}

/// Checks `documentParameters` and puts them into a document.
///
/// # Errors
///
/// The first that breaks a rule: a parameter that must be given and is not, one that the template
/// does not have, a name or value out of the limits of the API, a value that does not fit the
/// pattern, a document that is not one or that names a parameter the template does not have.
///
/// # Examples
///
/// ```
/// use iot_jobs::{DocumentParameter, Limits, TextPattern, fill_parameters};
///
/// let parameters = [DocumentParameter::new("path", TextPattern::parse("(.*?)").unwrap(), false)];
/// let document = r#"{"path": "${aws:iot:parameter:path}"}"#;
/// let given = [("path".to_owned(), "a\"b".to_owned())].into();
/// let filled = fill_parameters(document, &parameters, &given, &Limits::AWS_IOT).unwrap();
/// assert_eq!(filled, r#"{"path": "a\"b"}"#);
///
/// let error = fill_parameters(document, &parameters, &[].into(), &Limits::AWS_IOT).unwrap_err();
/// assert_eq!(error.field(), "documentParameters.path");
/// ```
pub fn fill_parameters(
    document: &str,
    parameters: &[DocumentParameter],
    given: &BTreeMap<String, String>,
    limits: &Limits,
) -> Result<String, ConfigError> {
    let parsed = JobDocument::parse(document, limits).map_err(|error| {
        ConfigError::new("document", None, format!("must be a job document: {error}"))
    })?;
    let find = |key: &str| parameters.iter().find(|parameter| parameter.key == key);
    for (key, value) in given {
        check_text(key, value, limits)?;
        let refuse = |rule| Err(error(key, Some(value), rule));
        match find(key) {
            None => return refuse("must be a parameter of the template".to_owned()),
            Some(parameter) if !parameter.pattern.matches(value) => {
                return refuse(format!("must match {}", parameter.pattern));
            }
            Some(_) => {}
        }
    }
    let missing = |parameter: &&DocumentParameter| {
        !parameter.optional && !given.contains_key(parameter.key())
    };
    if let Some(parameter) = parameters.iter().find(missing) {
        return Err(error(&parameter.key, None, "must be given".to_owned()));
    }
    for placeholder in parsed.placeholders() {
        if let Placeholder::Parameter(name) = placeholder
            && find(name).is_none()
        {
            return Err(error(
                name,
                None,
                "must be a parameter of the template".to_owned(),
            ));
        }
    }
    Ok(parsed.with_parameters(given))
}

fn error(key: &str, value: Option<&str>, rule: String) -> ConfigError {
    ConfigError::new(
        format!("documentParameters.{key}"),
        value.map(Value::from).as_ref(),
        rule,
    )
}

fn check_text(key: &str, value: &str, limits: &Limits) -> Result<(), ConfigError> {
    let max = limits.parameter_key_chars;
    if key.is_empty() || longer_than(key, max) || !key.chars().all(is_parameter_char) {
        let rule = format!("must be named with 1 to {max} characters of a-z, A-Z, 0-9, _ and -");
        return Err(error(key, Some(value), rule));
    }
    let max = limits.parameter_value_chars;
    if value.is_empty() || longer_than(value, max) || value.chars().any(is_other) {
        let rule = format!("must be 1 to {max} characters, none of them a control character");
        return Err(error(key, Some(value), rule));
    }
    Ok(())
}
