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
/// Source: developer guide, "Managed templates". The documents follow the sample documents there.
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ManagedTemplate {
    name: &'static str,
    /// Parameters that must be given, in the order of the arguments.
    arguments: &'static [&'static str],
    run: Run,
}

/// What the step of a document does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Run {
    Handler(&'static str),
    Command,
}

const TEMPLATES: &[ManagedTemplate] = &[
    template("AWS-Reboot", &[], Run::Handler("reboot.sh")),
    template(
        "AWS-Download-File",
        &["downloadUrl", "filePath"],
        Run::Handler("download-file.sh"),
    ),
    template(
        "AWS-Install-Application",
        &["packages"],
        Run::Handler("install-packages.sh"),
    ),
    template(
        "AWS-Remove-Application",
        &["packages"],
        Run::Handler("remove-packages.sh"),
    ),
    template(
        "AWS-Start-Application",
        &["services"],
        Run::Handler("start-services.sh"),
    ),
    template(
        "AWS-Stop-Application",
        &["services"],
        Run::Handler("stop-services.sh"),
    ),
    template(
        "AWS-Restart-Application",
        &["services"],
        Run::Handler("restart-services.sh"),
    ),
    template("AWS-Run-Command", &["command"], Run::Command),
];

const fn template(
    name: &'static str,
    arguments: &'static [&'static str],
    run: Run,
) -> ManagedTemplate {
    ManagedTemplate {
        name,
        arguments,
        run,
    }
}

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
        }
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
    /// All of them.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        TEMPLATES.iter()
    }

    /// By its name, as `AWS-Reboot`.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        TEMPLATES.iter().find(|template| template.name == name)
    }

    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What its document takes: its own parameters first, which must be given.
    #[must_use]
    pub fn parameters(&self) -> Vec<DocumentParameter> {
        let any = TextPattern { min: 0, max: None };
        let own = self
            .arguments
            .iter()
            .map(|key| DocumentParameter::new(*key, any, false));
        let common = COMMON
            .iter()
            .map(|(key, pattern)| DocumentParameter::new(*key, *pattern, true));
        own.chain(common).collect()
    }

    /// Its document, with placeholders for the parameters.
    #[must_use]
    pub fn document(&self) -> String {
        let parameter = |key: &str| Value::from(format!("${{aws:iot:parameter:{key}}}"));
        let (kind, input) = match self.run {
            Run::Handler(handler) => {
                let mut input = Map::new();
                input.insert("handler".into(), handler.into());
                if !self.arguments.is_empty() {
                    let arguments = self.arguments.iter().map(|key| parameter(key));
                    input.insert("args".into(), arguments.collect());
                }
                input.insert("path".into(), parameter("pathToHandler"));
                ("runHandler", Value::Object(input))
            }
            Run::Command => ("runCommand", json!({"command": parameter("command")})),
        };
        let name = self.name.strip_prefix("AWS-").unwrap_or(self.name);
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
