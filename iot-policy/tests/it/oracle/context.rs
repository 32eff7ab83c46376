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

impl OracleContext {
    /// The values of a key; `None` stands for a value of the certificate that AWS IoT refuses.
    pub(super) fn values(&self, name: &str) -> Vec<Option<String>> {
        let name = canonical(name);
        let given = self.keys.iter().find(|(key, _)| canonical(key) == name);
        if let Some((_, values)) = given {
            return values.to_vec().into_iter().map(Some).collect();
        }
        let over_vpc = [&self.source_vpce, &self.source_vpc, &self.vpc_source_ip];
        let over_vpc = over_vpc.iter().any(|it| it.is_some());
        let thing = self.thing.as_ref().filter(|it| self.counts(it));
        let one = match name.as_str() {
            "iot:clientid" => self.client_id.clone(),
            "iot:domainname" => self.domain_name.clone(),
            "aws:sourceip" => self.source_ip.clone().filter(|_| !over_vpc),
            "aws:sourcevpce" => self.source_vpce.clone(),
            "aws:sourcevpc" => self.source_vpc.clone(),
            "aws:vpcsourceip" => self.vpc_source_ip.clone(),
            "iot:lastwilltopic" => self.last_will_topic.clone(),
            "iot:connection.thing.isattached" => {
                let attached = thing.is_some().to_string();
                self.client_id.as_ref().map(|_| attached)
            }
            "iot:connection.thing.thingname" => thing.map(|it| it.name.clone()),
            "iot:connection.thing.thingtypename" => thing.and_then(|it| it.type_name.clone()),
            "iot:connectattributes" => {
                return self.connect_attributes.iter().cloned().map(Some).collect();
            }
            other => match other.strip_prefix("iot:connection.thing.attributes[") {
                Some(rest) => rest
                    .strip_suffix(']')
                    .and_then(|attribute| thing?.attributes.get(attribute).cloned()),
                None => {
                    return self
                        .cert
                        .as_ref()
                        .map_or_else(Vec::new, |it| it.values(other));
                }
            },
        };
        one.into_iter().map(Some).collect()
    }

    /// Attached, and either named like the client or exclusively attached. Over HTTP there is no
    /// client, so no thing either.
    fn counts(&self, thing: &OracleThing) -> bool {
        let client = self.client_id.as_ref();
        thing.attached && client.is_some_and(|id| thing.exclusive || *id == thing.name)
    }
}

impl OracleCertificate {
    fn values(&self, name: &str) -> Vec<Option<String>> {
        match name {
            "iot:certificateid" => return self.id.clone().into_iter().map(Some).collect(),
            "iot:certificate.serialnumber" => {
                return self.serial_number.clone().into_iter().map(Some).collect();
            }
            "iot:certificate.availablekeys" => return self.available_keys(),
            _ => {}
        }
        let sides = [("subject.", &self.subject), ("issuer.", &self.issuer)];
        let fields = sides.iter().find_map(|(side, fields)| {
            let rest = name
                .strip_prefix("iot:certificate.")?
                .strip_prefix(side)?
                .to_owned();
            Some((rest, *fields))
        });
        let Some((rest, fields)) = fields else {
            return Vec::new();
        };
        let found = fields.iter().find_map(|(field, values)| {
            let pick = rest.strip_prefix(&field.to_lowercase())?;
            let values = values.iter().take(5).map(|it| certificate_text(it));
            match pick.strip_prefix('.') {
                None if pick.is_empty() => Some(values.take(1).collect()),
                Some("list") => Some(values.collect()),
                Some(index) => {
                    let at: usize = index.parse().ok()?;
                    (at.to_string() == index).then(|| values.skip(at).take(1).collect())
                }
                None => None,
            }
        });
        found.unwrap_or_default()
    }

    /// The names of the variables that have a first value.
    fn available_keys(&self) -> Vec<Option<String>> {
        let side = |side: &str, fields: &BTreeMap<String, Vec<String>>| {
            let named = |field: &String| format!("iot:Certificate.{side}.{field}");
            let readable = |values: &[String]| certificate_text(values.first()?);
            let present = fields
                .iter()
                .filter(|(_, values)| readable(values).is_some());
            present.map(|(field, _)| named(field)).collect::<Vec<_>>()
        };
        let mut names = side("Subject", &self.subject);
        names.extend(side("Issuer", &self.issuer));
        names.extend(
            self.serial_number
                .iter()
                .map(|_| "iot:Certificate.SerialNumber".to_owned()),
        );
        names.into_iter().map(Some).collect()
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
