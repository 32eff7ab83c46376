//! What the Lambda function of an authorizer is called with.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use iot_topics::CertificateId;
use serde::Serialize;

use super::base64;
use super::choose::Invocation;
use super::secret::Secret;

/// The event of a custom authorizer; fields that the connection does not have are left out
/// (developer guide, "Defining your Lambda function").
///
/// `Debug` shows neither token nor password.
///
/// # Examples
///
/// ```
/// use iot_policy::principal::authorizer::AuthorizerEvent;
///
/// let event = AuthorizerEvent::new("c0ffee", None)
///     .with_server_name("example.com")
///     .with_mqtt(Some("lamp"), Some(b"test"), Some("lamp-1"));
/// assert_eq!(
///     serde_json::to_string(&event)?,
///     concat!(
///         r#"{"signatureVerified":false,"protocols":["tls","mqtt"],"protocolData":{"#,
///         r#""tls":{"serverName":"example.com"},"#,
///         r#""mqtt":{"username":"lamp","password":"dGVzdA==","clientId":"lamp-1"}},"#,
///         r#""connectionMetadata":{"id":"c0ffee"}}"#,
///     ),
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthorizerEvent {
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<Secret>,
    signature_verified: bool,
    protocols: Vec<Protocol>,
    protocol_data: ProtocolData,
    connection_metadata: ConnectionMetadata,
}

/// A protocol of a connection.
///
/// # Examples
///
/// ```
/// use iot_policy::principal::authorizer::{AuthorizerEvent, Protocol};
///
/// // MQTT over a WebSocket.
/// let event = AuthorizerEvent::new("c0ffee", None)
///     .with_mqtt(Some("lamp"), None, Some("lamp-1"))
///     .with_http([("host", "example.com")], "")
///     .with_server_name("example.com");
/// assert_eq!(event.protocols(), [Protocol::Tls, Protocol::Http, Protocol::Mqtt]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Protocol {
    /// `tls`.
    Tls,
    /// `http`: an HTTP call, or the request that a WebSocket starts with.
    Http,
    /// `mqtt`.
    Mqtt,
}

/// The certificate of a TLS client, which the event has where the endpoint asks for both
/// (`CUSTOM_AUTH_X509`).
///
/// # Examples
///
/// ```
/// use iot_policy::principal::authorizer::{AuthorizerEvent, TlsClient};
///
/// let pem = "-----BEGIN CERTIFICATE-----\n...";
/// let id = "00".repeat(32).parse()?;
/// let event = AuthorizerEvent::new("c0ffee", None).with_certificate(TlsClient::new(pem, &id));
/// let tls = &serde_json::to_value(&event)?["protocolData"]["tls"];
/// assert_eq!(tls["x509CertificatePem"], pem);
/// assert_eq!(tls["principalId"], id.as_str());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TlsClient<'a> {
    /// The certificate as PEM.
    pub certificate_pem: &'a str,
    /// Its id, which must be the `principalId` of the answer.
    pub certificate_id: &'a CertificateId,
}

impl<'a> TlsClient<'a> {
    /// A certificate and its id.
    #[must_use]
    pub const fn new(certificate_pem: &'a str, certificate_id: &'a CertificateId) -> Self {
        Self {
            certificate_pem,
            certificate_id,
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
struct ProtocolData {
    #[serde(skip_serializing_if = "Option::is_none")]
    tls: Option<Tls>,
    #[serde(skip_serializing_if = "Option::is_none")]
    http: Option<Http>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mqtt: Option<Mqtt>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Tls {
    #[serde(skip_serializing_if = "Option::is_none")]
    server_name: Option<String>,
    #[serde(rename = "x509CertificatePem", skip_serializing_if = "Option::is_none")]
    certificate_pem: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    principal_id: Option<CertificateId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Http {
    headers: BTreeMap<String, Secret>,
    query_string: Secret,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Mqtt {
    /// Can hold a token.
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<Secret>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<Secret>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct ConnectionMetadata {
    id: String,
}

impl AuthorizerEvent {
    /// The event of a connection with this id; without an invocation neither a token nor a
    /// verified signature.
    #[must_use]
    pub fn new(connection_id: &str, invocation: Option<&Invocation<'_>>) -> Self {
        let token = invocation.and_then(Invocation::token);
        Self {
            token: token.map(|token| Secret(token.to_owned())),
            signature_verified: invocation.is_some_and(Invocation::signature_verified),
            protocols: Vec::new(),
            protocol_data: ProtocolData::default(),
            connection_metadata: ConnectionMetadata {
                id: connection_id.to_owned(),
            },
        }
    }

    /// Over TLS, with the host name that the client indicated (SNI).
    #[must_use]
    pub fn with_server_name(mut self, name: &str) -> Self {
        let tls = self.protocol_data.tls.get_or_insert_default();
        tls.server_name = Some(name.to_owned());
        self.speaks(Protocol::Tls)
    }

    /// Over TLS, with a client certificate.
    #[must_use]
    pub fn with_certificate(mut self, client: TlsClient<'_>) -> Self {
        let tls = self.protocol_data.tls.get_or_insert_default();
        tls.certificate_pem = Some(client.certificate_pem.to_owned());
        tls.principal_id = Some(client.certificate_id.clone());
        self.speaks(Protocol::Tls)
    }

    /// Over HTTP or WebSocket. Of headers with one name the last is told. The query is told with
    /// its `?`, which is added where it is missing.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_policy::principal::authorizer::AuthorizerEvent;
    ///
    /// let headers = [("host", "a.example.com"), ("host", "b.example.com")];
    /// let event = AuthorizerEvent::new("c0ffee", None).with_http(headers, "token=secret");
    /// let http = &serde_json::to_value(&event)?["protocolData"]["http"];
    /// assert_eq!(http["headers"]["host"], "b.example.com");
    /// assert_eq!(http["queryString"], "?token=secret");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn with_http<'a>(
        mut self,
        headers: impl IntoIterator<Item = (&'a str, &'a str)>,
        query: &str,
    ) -> Self {
        let header = |(name, value): (&str, &str)| (name.to_owned(), Secret(value.to_owned()));
        let mut query_string = String::from("?");
        query_string.push_str(query.strip_prefix('?').unwrap_or(query));
        self.protocol_data.http = Some(Http {
            headers: headers.into_iter().map(header).collect(),
            query_string: Secret(query_string),
        });
        self.speaks(Protocol::Http)
    }

    /// Over MQTT, with what the CONNECT packet holds: the user name as it was sent, parameters
    /// included, the password, which is told in Base64, and the client id.
    #[must_use]
    pub fn with_mqtt(
        mut self,
        username: Option<&str>,
        password: Option<&[u8]>,
        client_id: Option<&str>,
    ) -> Self {
        self.protocol_data.mqtt = Some(Mqtt {
            username: username.map(|name| Secret(name.to_owned())),
            password: password.map(|bytes| Secret(base64::encode(bytes))),
            client_id: client_id.map(ToOwned::to_owned),
        });
        self.speaks(Protocol::Mqtt)
    }

    /// The protocols of the connection, the lowest first.
    #[must_use]
    pub const fn protocols(&self) -> &[Protocol] {
        self.protocols.as_slice()
    }

    fn speaks(mut self, protocol: Protocol) -> Self {
        if let Err(place) = self.protocols.binary_search(&protocol) {
            self.protocols.insert(place, protocol);
        }
        self
    }
}
