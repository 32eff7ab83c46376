//! What is known of a connection, and the values that policy variables have of it.

use alloc::collections::BTreeMap;

use serde::Deserialize;

/// What is known of the connection or call: the `context` of a conformance case.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct OracleContext {
    pub(crate) client_id: Option<String>,
    pub(crate) source_ip: Option<String>,
    pub(crate) domain_name: Option<String>,
    pub(crate) source_vpce: Option<String>,
    pub(crate) source_vpc: Option<String>,
    pub(crate) vpc_source_ip: Option<String>,
    pub(crate) connect_attributes: Vec<String>,
    /// The ARN of the will topic.
    pub(crate) last_will_topic: Option<String>,
    pub(crate) thing: Option<OracleThing>,
    pub(crate) cert: Option<OracleCertificate>,
    /// Values given outright; they go before all that the rest would give.
    pub(crate) keys: BTreeMap<String, OneOrMany>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct OracleThing {
    pub(crate) name: String,
    pub(crate) attached: bool,
    pub(crate) exclusive: bool,
    pub(crate) type_name: Option<String>,
    pub(crate) attributes: BTreeMap<String, String>,
}

/// Values as the certificate has them, before the limits; `X` of the maps is the part of the
/// variable's name after `Subject.` or `Issuer.`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct OracleCertificate {
    pub(crate) id: Option<String>,
    pub(crate) serial_number: Option<String>,
    pub(crate) subject: BTreeMap<String, Vec<String>>,
    pub(crate) issuer: BTreeMap<String, Vec<String>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    pub(crate) fn to_vec(&self) -> Vec<String> {
        match self {
            Self::One(value) => vec![value.clone()],
            Self::Many(values) => values.clone(),
        }
    }
}

/// What a variable stands for.
pub(super) enum Values {
    /// Any number of texts, none among them.
    Known(Vec<String>),
    /// A value of the certificate that AWS IoT does not put in the place of its variable.
    Refused,
}

impl OracleContext {
    pub(super) fn values(&self, name: &str) -> Values {
        let name = canonical(name);
        let given = self.keys.iter().find(|(key, _)| canonical(key) == name);
        if let Some((_, values)) = given {
            return Values::Known(values.to_vec());
        }
        let thing = self.thing.as_ref().filter(|it| self.counts(it));
        let one = match name.as_str() {
            "iot:clientid" => self.client_id.clone(),
            "iot:domainname" => self.domain_name.clone(),
            "aws:sourceip" => self.source_ip.clone().filter(|_| !self.is_over_vpc()),
            "aws:sourcevpce" => self.source_vpce.clone(),
            "aws:sourcevpc" => self.source_vpc.clone(),
            "aws:vpcsourceip" => self.vpc_source_ip.clone(),
            "iot:lastwilltopic" => self.last_will_topic.clone(),
            "iot:connectattributes" => return Values::Known(self.connect_attributes.clone()),
            "iot:connection.thing.isattached" => {
                let attached = thing.is_some().to_string();
                self.client_id.as_ref().map(|_| attached)
            }
            "iot:connection.thing.thingname" => thing.map(|it| it.name.clone()),
            "iot:connection.thing.thingtypename" => thing.and_then(|it| it.type_name.clone()),
            other => match other.strip_prefix("iot:connection.thing.attributes[") {
                Some(rest) => rest
                    .strip_suffix(']')
                    .and_then(|attribute| thing?.attributes.get(attribute).cloned()),
                None => {
                    let found = self.cert.as_ref().and_then(|it| it.values(other));
                    return found.unwrap_or(Values::Known(Vec::new()));
                }
            },
        };
        Values::Known(one.into_iter().collect())
    }

    pub(crate) fn is_over_vpc(&self) -> bool {
        let of_endpoint = [&self.source_vpce, &self.source_vpc, &self.vpc_source_ip];
        of_endpoint.iter().any(|it| it.is_some())
    }

    /// Attached, and either named like the client or exclusively attached. Over HTTP there is no
    /// client, so no thing either.
    fn counts(&self, thing: &OracleThing) -> bool {
        let client = self.client_id.as_ref();
        thing.attached && client.is_some_and(|id| thing.exclusive || *id == thing.name)
    }
}

impl OracleCertificate {
    /// `None`: no such variable.
    fn values(&self, name: &str) -> Option<Values> {
        match name {
            "iot:certificateid" => {
                return Some(Values::Known(self.id.clone().into_iter().collect()));
            }
            "iot:certificate.availablekeys" => return Some(Values::Known(self.available_keys())),
            "iot:certificate.serialnumber" => {
                let number = self.serial_number.clone();
                return Some(Values::Known(number.into_iter().collect()));
            }
            _ => {}
        }
        let part = name.strip_prefix("iot:certificate.")?;
        let (part, fields) = match (part.strip_prefix("subject."), part.strip_prefix("issuer.")) {
            (Some(part), _) => (part, &self.subject),
            (_, Some(part)) => (part, &self.issuer),
            _ => return None,
        };
        fields.iter().find_map(|(field, values)| {
            let pick = part.strip_prefix(&field.to_lowercase())?;
            let mut values = values.iter().take(5).map(|it| certificate_text(it));
            let at = match pick.strip_prefix('.') {
                None if pick.is_empty() => 0,
                Some("list") => {
                    // The text that the crate documents for a value that is refused.
                    let values = values.map(|it| it.unwrap_or_else(|| "${}".to_owned()));
                    return Some(Values::Known(values.collect()));
                }
                index => index?
                    .parse()
                    .ok()
                    .filter(|at: &usize| Some(&*at.to_string()) == index)?,
            };
            Some(match values.nth(at) {
                None => Values::Known(Vec::new()),
                Some(None) => Values::Refused,
                Some(Some(value)) => Values::Known(vec![value]),
            })
        })
    }

    /// The names of the variables that have a first value.
    fn available_keys(&self) -> Vec<String> {
        let mut names = Vec::new();
        for (side, fields) in [("Subject", &self.subject), ("Issuer", &self.issuer)] {
            for (field, values) in fields {
                if values
                    .first()
                    .is_some_and(|it| certificate_text(it).is_some())
                {
                    names.push(format!("iot:Certificate.{side}.{field}"));
                }
            }
        }
        if self.serial_number.is_some() {
            names.push("iot:Certificate.SerialNumber".to_owned());
        }
        names
    }
}

/// What a policy sees of a value of a certificate; `None` if AWS IoT refuses it.
fn certificate_text(value: &str) -> Option<String> {
    if value.contains(['*', '$', '+', '?', '#']) || value.chars().count() > 1024 {
        return None;
    }
    let escaped = value.chars().flat_map(|character| {
        let backslash = r#","\=<>;"#.contains(character).then_some('\\');
        backslash.into_iter().chain([character])
    });
    Some(escaped.collect())
}

/// Keys ignore case, but for the name of an attribute.
fn canonical(name: &str) -> String {
    let (head, attribute) = name.split_at(name.find('[').unwrap_or(name.len()));
    match head.to_ascii_lowercase().as_str() {
        "iot:thing.thingname" => "iot:connection.thing.thingname".to_owned(),
        head => head.to_owned() + attribute,
    }
}

/// These may have several values, so they cannot stand for a text.
pub(super) fn is_multi_valued(name: &str) -> bool {
    let name = canonical(name);
    ["iot:connectattributes", "iot:certificate.availablekeys"].contains(&name.as_str())
        || (name.starts_with("iot:certificate.") && name.ends_with(".list"))
}
