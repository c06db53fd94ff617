/* Generated from crds/wssroutes.yaml by `npm run generate`. Do not edit. */
import type { StructuralSchema } from './schema.ts';

/** Schema of `spec`, with its CEL rules. */
export const specSchema: StructuralSchema = {
  "type": "object",
  "title": "WssRouteSpec",
  "description": "What to publish, and how.",
  "required": [
    "paths"
  ],
  "properties": {
    "hosts": {
      "type": "array",
      "description": "DNS names that browsers open, such as chat.example.com; one leading \"*.\" makes a wildcard that covers exactly one label. Leave it out for a server without a name: the route then answers to any name and to the bare address, and the certificate's names come from tls.ipAddresses or tls.dnsNames.",
      "maxItems": 50,
      "x-kubernetes-list-type": "set",
      "items": {
        "type": "string",
        "minLength": 1,
        "maxLength": 253,
        "x-kubernetes-validations": [
          {
            "rule": "self.matches('^([*][.])?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?([.][a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$')",
            "message": "must be a lowercase DNS name such as chat.example.com, or a wildcard such as *.example.com"
          },
          {
            "rule": "!self.matches('^([*][.])?[0-9.]+$')",
            "message": "must not be an IP address: leave hosts empty and list the address in tls.ipAddresses"
          }
        ]
      }
    },
    "ingressClassName": {
      "type": "string",
      "description": "Name of the IngressClass whose controller serves the route. Its spec.controller decides the dialect; k8s.io/ingress-nginx and nginx.org/ingress-controller are known. With parentRefs as well, both serve the route: a migration without an outage.",
      "minLength": 1,
      "maxLength": 253,
      "x-kubernetes-validations": [
        {
          "rule": "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')",
          "message": "must be the name of an IngressClass: lowercase letters, digits, \"-\" and \".\""
        }
      ]
    },
    "parentRefs": {
      "type": "array",
      "description": "Gateways and ListenerSets (Gateway API) that serve the route.",
      "minItems": 1,
      "maxItems": 8,
      "x-kubernetes-list-type": "atomic",
      "items": {
        "type": "object",
        "title": "WssRouteParentRef",
        "description": "One Gateway or ListenerSet.",
        "required": [
          "name"
        ],
        "x-kubernetes-validations": [
          {
            "rule": "!self.createListener || self.kind == 'Gateway'",
            "message": "createListener makes listeners for a Gateway: it must not go with kind ListenerSet"
          },
          {
            "rule": "!self.createListener || !has(self.sectionName)",
            "message": "createListener makes listeners of its own: it must not go with sectionName"
          }
        ],
        "properties": {
          "kind": {
            "type": "string",
            "description": "What is attached to.",
            "enum": [
              "Gateway",
              "ListenerSet"
            ],
            "default": "Gateway"
          },
          "namespace": {
            "type": "string",
            "description": "Namespace of it; that of the route when left out. Its listeners decide which namespaces may attach.",
            "minLength": 1,
            "maxLength": 63,
            "x-kubernetes-validations": [
              {
                "rule": "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",
                "message": "must be the name of a namespace: lowercase letters, digits and \"-\""
              }
            ]
          },
          "name": {
            "type": "string",
            "description": "Name of it.",
            "minLength": 1,
            "maxLength": 253,
            "x-kubernetes-validations": [
              {
                "rule": "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')",
                "message": "must be the name of a Gateway or ListenerSet: lowercase letters, digits, \"-\" and \".\""
              }
            ]
          },
          "sectionName": {
            "type": "string",
            "description": "Name of the HTTPS listener to attach to; every HTTPS listener that fits a host when left out. Redirects are attached to the HTTP listeners that fit.",
            "minLength": 1,
            "maxLength": 253,
            "x-kubernetes-validations": [
              {
                "rule": "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')",
                "message": "must be the name of a listener: lowercase letters, digits, \"-\" and \".\""
              }
            ]
          },
          "createListener": {
            "type": "boolean",
            "description": "Make the listeners for the hosts, with the route's certificate, in a ListenerSet of the route's namespace. The Gateway has to allow it (spec.allowedListeners).",
            "default": false
          }
        }
      }
    },
    "paths": {
      "type": "array",
      "description": "Where on the hosts the backends are found. A path may be listed once.",
      "minItems": 1,
      "maxItems": 16,
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": [
        "path"
      ],
      "items": {
        "type": "object",
        "title": "WssRoutePath",
        "description": "One path and the Service behind it.",
        "required": [
          "service"
        ],
        "x-kubernetes-validations": [
          {
            "rule": "self.pathType != 'Prefix' || self.path == '/' || !self.path.endsWith('/')",
            "message": "must not end its path in \"/\" with pathType Prefix: /ws serves /ws/ as well, and of /ws/ nginx would redirect /ws, which no WebSocket client follows"
          }
        ],
        "properties": {
          "path": {
            "type": "string",
            "description": "Path of the URL, case-sensitive. With Prefix it matches whole elements: /ws serves /ws and /ws/room, not /wsx.",
            "default": "/",
            "minLength": 1,
            "maxLength": 256,
            "x-kubernetes-validations": [
              {
                "rule": "self.matches('^/[A-Za-z0-9._/-]*$')",
                "message": "must start with \"/\" and hold only letters, digits and . _ / - (no escapes, spaces, \"?\", regular expressions)"
              },
              {
                "rule": "!self.contains('//')",
                "message": "must not contain \"//\": nginx answers it with a redirect, which no WebSocket client follows"
              },
              {
                "rule": "!self.matches('(^|/)[.][.]?(/|$)')",
                "message": "must not contain \".\" or \"..\" as an element: write the path that the client asks for"
              },
              {
                "rule": "!(self + '/').startsWith('/.well-known/acme-challenge/')",
                "message": "must not be below /.well-known/acme-challenge: certificate authorities look there"
              }
            ]
          },
          "pathType": {
            "type": "string",
            "description": "Exact matches the path only, Prefix also everything below it.",
            "enum": [
              "Exact",
              "Prefix"
            ],
            "default": "Prefix"
          },
          "service": {
            "type": "object",
            "title": "WssRouteService",
            "description": "Service of the route's namespace; it speaks plain ws://, unless backendTLS says otherwise.",
            "required": [
              "name",
              "port"
            ],
            "properties": {
              "name": {
                "type": "string",
                "description": "Name of the Service.",
                "minLength": 1,
                "maxLength": 63,
                "x-kubernetes-validations": [
                  {
                    "rule": "self.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",
                    "message": "must be the name of a Service: a lowercase letter, then lowercase letters, digits and \"-\""
                  }
                ]
              },
              "port": {
                "x-kubernetes-int-or-string": true,
                "description": "Number from 1 to 65535, or name of one of the Service's ports (lowercase letters, digits and single \"-\", with a letter).",
                "minimum": 1,
                "maximum": 65535,
                "maxLength": 15,
                "pattern": "^([0-9]+-)*[0-9]*[a-z](-?[a-z0-9])*$"
              }
            }
          },
          "backendTLS": {
            "type": "object",
            "title": "WssRouteBackendTLS",
            "description": "For a backend that speaks wss:// itself. Left out, the proxy speaks plain ws:// to it.",
            "required": [
              "serverName"
            ],
            "properties": {
              "serverName": {
                "type": "string",
                "description": "Name that the backend's certificate holds; it is asked for by SNI.",
                "minLength": 1,
                "maxLength": 253,
                "x-kubernetes-validations": [
                  {
                    "rule": "self.matches('^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?([.][a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$')",
                    "message": "must be a lowercase DNS name such as chat.internal.example.com"
                  }
                ]
              },
              "caRef": {
                "type": "object",
                "title": "WssRouteBackendCA",
                "description": "Where the authority of the backend's certificate is, under the key ca.crt, in the route's namespace. Left out, a public authority is expected. Gateways take a ConfigMap, ingress-nginx a Secret.",
                "required": [
                  "name"
                ],
                "properties": {
                  "kind": {
                    "type": "string",
                    "description": "ConfigMap or Secret. The operator reads neither.",
                    "enum": [
                      "ConfigMap",
                      "Secret"
                    ],
                    "default": "ConfigMap"
                  },
                  "name": {
                    "type": "string",
                    "description": "Name of it.",
                    "minLength": 1,
                    "maxLength": 253,
                    "x-kubernetes-validations": [
                      {
                        "rule": "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')",
                        "message": "must be the name of a ConfigMap or Secret of this namespace: lowercase letters, digits, \"-\" and \".\""
                      }
                    ]
                  }
                }
              }
            }
          }
        }
      }
    },
    "tls": {
      "type": "object",
      "title": "WssRouteTLS",
      "description": "Where the certificate comes from. At most one of issuerRef (cert-manager issues it), secretName (it exists) and certificateRef (share a cert-manager Certificate of the namespace). With none of them, the default issuer of the operator issues it; where the operator has none, Accepted says so.",
      "default": {},
      "x-kubernetes-validations": [
        {
          "rule": "[has(self.issuerRef), has(self.secretName), has(self.certificateRef)].filter(given, given).size() <= 1",
          "message": "must have at most one of issuerRef (issue a certificate), secretName (bring one along) and certificateRef (share one)"
        },
        {
          "rule": "!(has(self.secretName) || has(self.certificateRef)) || !(has(self.ipAddresses) || has(self.dnsNames) || has(self.privateKey) || has(self.duration) || has(self.renewBeforePercentage))",
          "message": "ipAddresses, dnsNames, privateKey, duration and renewBeforePercentage describe a certificate to issue: they must not go with secretName or certificateRef"
        },
        {
          "rule": "!(has(self.publishCA) && self.publishCA && has(self.secretName))",
          "message": "publishCA needs a certificate that cert-manager issues, because its issuer tells the authority: it must not go with secretName"
        }
      ],
      "properties": {
        "issuerRef": {
          "type": "object",
          "title": "WssRouteIssuer",
          "description": "cert-manager issuer that signs the certificate.",
          "required": [
            "name"
          ],
          "properties": {
            "name": {
              "type": "string",
              "description": "Name of the issuer.",
              "minLength": 1,
              "maxLength": 253,
              "x-kubernetes-validations": [
                {
                  "rule": "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')",
                  "message": "must be the name of an issuer: lowercase letters, digits, \"-\" and \".\""
                }
              ]
            },
            "kind": {
              "type": "string",
              "description": "Issuer (of the route's namespace), ClusterIssuer, or the kind of an external issuer together with its group.",
              "default": "Issuer",
              "minLength": 1,
              "maxLength": 63,
              "x-kubernetes-validations": [
                {
                  "rule": "self.matches('^[A-Z][A-Za-z0-9]*$')",
                  "message": "must be a kind such as Issuer or ClusterIssuer"
                }
              ]
            },
            "group": {
              "type": "string",
              "description": "API group of the issuer; external issuers have their own.",
              "default": "cert-manager.io",
              "minLength": 1,
              "maxLength": 253,
              "x-kubernetes-validations": [
                {
                  "rule": "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')",
                  "message": "must be an API group such as cert-manager.io"
                }
              ]
            }
          },
          "x-kubernetes-validations": [
            {
              "rule": "self.group != 'cert-manager.io' || self.kind in ['Issuer', 'ClusterIssuer']",
              "message": "kind must be Issuer or ClusterIssuer; for an external issuer set group to its API group as well"
            }
          ]
        },
        "secretName": {
          "type": "string",
          "description": "Secret of type kubernetes.io/tls in the route's namespace. The operator names it in the Ingress and never reads it.",
          "minLength": 1,
          "maxLength": 253,
          "x-kubernetes-validations": [
            {
              "rule": "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')",
              "message": "must be the name of a Secret of this namespace: lowercase letters, digits, \"-\" and \".\""
            }
          ]
        },
        "certificateRef": {
          "type": "object",
          "title": "WssRouteCertificateRef",
          "description": "A cert-manager Certificate of the route's namespace to share, a wildcard for instance. It must cover every host.",
          "required": [
            "name"
          ],
          "properties": {
            "name": {
              "type": "string",
              "description": "Name of the Certificate.",
              "minLength": 1,
              "maxLength": 253,
              "x-kubernetes-validations": [
                {
                  "rule": "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')",
                  "message": "must be the name of a Certificate of this namespace: lowercase letters, digits, \"-\" and \".\""
                }
              ]
            }
          }
        },
        "ipAddresses": {
          "type": "array",
          "description": "IP addresses to put into the certificate, for clients that open wss://192.0.2.10. For an issued certificate only.",
          "minItems": 1,
          "maxItems": 16,
          "x-kubernetes-list-type": "set",
          "items": {
            "type": "string",
            "minLength": 2,
            "maxLength": 45,
            "x-kubernetes-validations": [
              {
                "rule": "isIP(self)",
                "message": "must be an IPv4 or IPv6 address such as 192.0.2.10 or 2001:db8::10"
              }
            ]
          }
        },
        "dnsNames": {
          "type": "array",
          "description": "Names to put into the certificate in addition to hosts. For an issued certificate only.",
          "minItems": 1,
          "maxItems": 50,
          "x-kubernetes-list-type": "set",
          "items": {
            "type": "string",
            "minLength": 1,
            "maxLength": 253,
            "x-kubernetes-validations": [
              {
                "rule": "self.matches('^([*][.])?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?([.][a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$')",
                "message": "must be a lowercase DNS name such as chat.example.com, or a wildcard such as *.example.com"
              },
              {
                "rule": "!self.matches('^([*][.])?[0-9.]+$')",
                "message": "must not be an IP address: list it in tls.ipAddresses"
              }
            ]
          }
        },
        "privateKey": {
          "type": "object",
          "title": "WssRoutePrivateKey",
          "description": "Key of the certificate. Left out, cert-manager decides (RSA 2048). For an issued certificate only.",
          "properties": {
            "algorithm": {
              "type": "string",
              "description": "Kind of key.",
              "enum": [
                "RSA",
                "ECDSA",
                "Ed25519"
              ]
            },
            "size": {
              "type": "integer",
              "description": "Bits: 2048, 3072, 4096 or 8192 for RSA; 256, 384 or 521 for ECDSA.",
              "enum": [
                256,
                384,
                521,
                2048,
                3072,
                4096,
                8192
              ]
            },
            "rotationPolicy": {
              "type": "string",
              "description": "Always makes a new key at each renewal, Never keeps it.",
              "enum": [
                "Always",
                "Never"
              ]
            }
          },
          "x-kubernetes-validations": [
            {
              "rule": "!has(self.size) || (has(self.algorithm) && ((self.algorithm == 'RSA' && self.size >= 2048) || (self.algorithm == 'ECDSA' && self.size <= 521)))",
              "message": "size must fit algorithm: RSA 2048, 3072, 4096 or 8192; ECDSA 256, 384 or 521; none for Ed25519"
            }
          ]
        },
        "duration": {
          "type": "string",
          "description": "How long the certificate is valid, such as 2160h (90 days); at least 1h. Issuers may shorten it. For an issued certificate only.",
          "minLength": 2,
          "maxLength": 18,
          "x-kubernetes-validations": [
            {
              "rule": "self.matches('^([0-9]{1,5}h)?([0-9]{1,5}m)?([0-9]{1,5}s)?$') && duration(self) >= duration('1h')",
              "message": "must be hours, minutes and seconds in this order, such as 2160h or 36h30m, and at least 1h"
            }
          ]
        },
        "renewBeforePercentage": {
          "type": "integer",
          "format": "int32",
          "description": "Renew when this share of the validity is left: 33 renews a 90-day certificate 30 days early. For an issued certificate only.",
          "minimum": 1,
          "maximum": 99
        },
        "publishCA": {
          "type": "boolean",
          "description": "Publish the root of the certificate's chain, as its issuer tells it, in the ConfigMap <name>-wss-ca under ca.crt, for clients that have to trust a private authority. Public authorities tell none, and need none. For an issued or a shared certificate only.",
          "default": false
        },
        "profile": {
          "type": "string",
          "description": "Ciphers that clients are offered, by Mozilla's guidelines (https://wiki.mozilla.org/Security/Server_Side_TLS): Intermediate suits nearly every client, Modern is TLS 1.3 only. Left out, the controller's own. Protocol versions belong to the whole controller with nginx; deploy/controllers has what to set there.",
          "minLength": 1,
          "maxLength": 16,
          "x-kubernetes-validations": [
            {
              "rule": "self in ['Intermediate', 'Modern']",
              "message": "must be Intermediate or Modern: SSLv3, TLS 1.0 and TLS 1.1, which older profiles allow, are not offered, because they are broken (RFC 7568, RFC 8996)"
            }
          ]
        }
      }
    },
    "timeouts": {
      "type": "object",
      "title": "WssRouteTimeouts",
      "description": "How long nothing may happen before a connection is cut.",
      "default": {},
      "properties": {
        "idle": {
          "type": "string",
          "description": "How long a socket may be silent. A proxy's own default is 60s, which cuts quiet sockets. Load balancers in front may cut earlier: let one side ping more often than this.",
          "default": "1h",
          "minLength": 2,
          "maxLength": 18,
          "x-kubernetes-validations": [
            {
              "rule": "self.matches('^([0-9]{1,5}h)?([0-9]{1,5}m)?([0-9]{1,5}s)?$') && duration(self) >= duration('1s') && duration(self) <= duration('168h')",
              "message": "must be hours, minutes and seconds in this order, such as 1h, 30m or 90s, from 1s to 168h"
            }
          ]
        },
        "connect": {
          "type": "string",
          "description": "How long the proxy waits for the backend to accept a connection. nginx allows at most 75s; ingress-nginx tries up to three times.",
          "default": "5s",
          "minLength": 2,
          "maxLength": 18,
          "x-kubernetes-validations": [
            {
              "rule": "self.matches('^([0-9]{1,5}h)?([0-9]{1,5}m)?([0-9]{1,5}s)?$') && duration(self) >= duration('1s') && duration(self) <= duration('75s')",
              "message": "must be minutes and seconds in this order, such as 5s or 1m, from 1s to 75s"
            }
          ]
        }
      }
    },
    "redirect": {
      "type": "boolean",
      "description": "Whether plain HTTP is redirected to HTTPS. It helps pages, not sockets: a WebSocket client does not follow redirects, so it must open wss://.",
      "default": true
    },
    "affinity": {
      "type": "object",
      "title": "WssRouteAffinity",
      "description": "Whether a client comes back to the same backend Pod. socket.io needs it when it may fall back to polling.",
      "required": [
        "type"
      ],
      "properties": {
        "type": {
          "type": "string",
          "description": "None spreads connections, Cookie remembers by a cookie, SourceIP by the client's address.",
          "enum": [
            "None",
            "Cookie",
            "SourceIP"
          ]
        },
        "cookie": {
          "type": "object",
          "title": "WssRouteCookie",
          "description": "The cookie. With type Cookie only.",
          "properties": {
            "name": {
              "type": "string",
              "description": "Name of the cookie.",
              "default": "WSSROUTE",
              "minLength": 1,
              "maxLength": 64,
              "x-kubernetes-validations": [
                {
                  "rule": "self.matches('^[A-Za-z0-9_-]+$')",
                  "message": "must be letters, digits, \"_\" and \"-\""
                }
              ]
            },
            "maxAge": {
              "type": "string",
              "description": "How long the browser keeps it, such as 24h. Left out, until it is closed.",
              "minLength": 2,
              "maxLength": 18,
              "x-kubernetes-validations": [
                {
                  "rule": "self.matches('^([0-9]{1,5}h)?([0-9]{1,5}m)?([0-9]{1,5}s)?$') && duration(self) >= duration('1s') && duration(self) <= duration('8760h')",
                  "message": "must be hours, minutes and seconds in this order, such as 24h or 30m, from 1s to 8760h"
                }
              ]
            }
          }
        }
      },
      "x-kubernetes-validations": [
        {
          "rule": "self.type == 'Cookie' || !has(self.cookie)",
          "message": "cookie is used with type Cookie only: set type to Cookie, or remove cookie"
        }
      ]
    },
    "loadBalancing": {
      "type": "string",
      "description": "How new connections are spread over the Pods.",
      "enum": [
        "RoundRobin",
        "LeastConnections"
      ],
      "default": "RoundRobin"
    },
    "limits": {
      "type": "object",
      "title": "WssRouteLimits",
      "description": "Bounds per client address, counted by each replica of the ingress controller. They need the real client address at the controller.",
      "properties": {
        "connectionsPerClient": {
          "type": "integer",
          "format": "int32",
          "description": "Open sockets per client. nginx counts up to 65535 of them.",
          "minimum": 1,
          "maximum": 65535
        },
        "handshakesPerSecond": {
          "type": "integer",
          "format": "int32",
          "description": "New sockets per client and second.",
          "minimum": 1,
          "maximum": 10000
        },
        "burst": {
          "type": "integer",
          "format": "int32",
          "description": "New sockets that may come at once above the rate; left out, ingress-nginx allows five times the rate. With handshakesPerSecond only.",
          "minimum": 1,
          "maximum": 100000
        }
      },
      "x-kubernetes-validations": [
        {
          "rule": "has(self.handshakesPerSecond) || !has(self.burst)",
          "message": "burst needs handshakesPerSecond: set the rate that the burst may exceed"
        },
        {
          "rule": "has(self.handshakesPerSecond) || has(self.connectionsPerClient)",
          "message": "must have connectionsPerClient or handshakesPerSecond: set one, or remove limits"
        }
      ]
    },
    "allowedSources": {
      "type": "array",
      "description": "Client networks that may connect, as CIDRs. Everybody, when left out.",
      "minItems": 1,
      "maxItems": 100,
      "x-kubernetes-list-type": "set",
      "items": {
        "type": "string",
        "minLength": 4,
        "maxLength": 49,
        "x-kubernetes-validations": [
          {
            "rule": "isCIDR(self)",
            "message": "must be a network such as 192.0.2.0/24 or 2001:db8::/32; write a single address as 192.0.2.10/32"
          }
        ]
      }
    },
    "allowedOrigins": {
      "type": "array",
      "description": "Pages that may open the socket, by their origin: scheme, host, and port where it is not the default. Browsers let any page open any WebSocket with the user's cookies; this keeps other sites out. Clients that send no Origin are refused as well.",
      "minItems": 1,
      "maxItems": 16,
      "x-kubernetes-list-type": "set",
      "items": {
        "type": "string",
        "minLength": 8,
        "maxLength": 270,
        "x-kubernetes-validations": [
          {
            "rule": "self.matches('^https?://[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?([.][a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*(:[1-9][0-9]{0,4})?$')",
            "message": "must be scheme and host, and a port where it is not the default, such as https://app.example.com"
          },
          {
            "rule": "!self.matches('^(https://.*:443|http://.*:80)$')",
            "message": "must leave out the default port: browsers do not send it"
          }
        ]
      }
    },
    "hsts": {
      "type": "object",
      "title": "WssRouteHSTS",
      "description": "Strict-Transport-Security, which makes browsers use wss:// by themselves on hosts they know.",
      "required": [
        "maxAge"
      ],
      "properties": {
        "maxAge": {
          "type": "string",
          "description": "How long browsers remember it, such as 17520h.",
          "minLength": 2,
          "maxLength": 18,
          "x-kubernetes-validations": [
            {
              "rule": "self.matches('^([0-9]{1,5}h)?([0-9]{1,5}m)?([0-9]{1,5}s)?$') && duration(self) >= duration('1s')",
              "message": "must be hours, minutes and seconds in this order, such as 17520h"
            }
          ]
        },
        "includeSubDomains": {
          "type": "boolean",
          "description": "Whether it holds for every name below the host as well.",
          "default": false
        }
      }
    },
    "verification": {
      "type": "object",
      "title": "WssRouteVerification",
      "description": "How the handshake that proves the route is made.",
      "properties": {
        "enabled": {
          "type": "boolean",
          "description": "Whether the route is proved by a handshake; without it Ready does not ask for one.",
          "default": true
        },
        "interval": {
          "type": "string",
          "description": "Time between two handshakes.",
          "default": "5m",
          "minLength": 2,
          "maxLength": 18,
          "x-kubernetes-validations": [
            {
              "rule": "self.matches('^([0-9]{1,5}h)?([0-9]{1,5}m)?([0-9]{1,5}s)?$') && duration(self) >= duration('10s') && duration(self) <= duration('24h')",
              "message": "must be hours, minutes and seconds in this order, such as 5m or 1h, from 10s to 24h"
            }
          ]
        },
        "path": {
          "type": "string",
          "description": "Path to ask for; each of paths when left out.",
          "minLength": 1,
          "maxLength": 256,
          "x-kubernetes-validations": [
            {
              "rule": "self.matches('^/[A-Za-z0-9._/-]*$') && !self.contains('//') && !self.matches('(^|/)[.][.]?(/|$)')",
              "message": "must start with \"/\" and hold only letters, digits and . _ / -, without \"//\", \".\" and \"..\" elements"
            }
          ]
        },
        "host": {
          "type": "string",
          "description": "Name to ask for; each host that is no wildcard when left out, so it is needed when all of them are. It must be one of hosts, or covered by a wildcard of them.",
          "minLength": 1,
          "maxLength": 253,
          "x-kubernetes-validations": [
            {
              "rule": "self.matches('^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?([.][a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$')",
              "message": "must be a lowercase DNS name such as chat.example.com"
            }
          ]
        },
        "port": {
          "type": "integer",
          "format": "int32",
          "description": "Port that clients use.",
          "default": 443,
          "minimum": 1,
          "maximum": 65535
        },
        "subprotocols": {
          "type": "array",
          "description": "Values of Sec-WebSocket-Protocol to offer.",
          "minItems": 1,
          "maxItems": 8,
          "x-kubernetes-list-type": "set",
          "items": {
            "type": "string",
            "minLength": 1,
            "maxLength": 64,
            "x-kubernetes-validations": [
              {
                "rule": "self.matches('^[A-Za-z0-9._~+-]+$')",
                "message": "must be letters, digits and . _ ~ + -"
              }
            ]
          }
        },
        "origin": {
          "type": "string",
          "description": "Origin header to send, such as https://app.example.com; the first of allowedOrigins when left out.",
          "minLength": 8,
          "maxLength": 270,
          "x-kubernetes-validations": [
            {
              "rule": "self.matches('^https?://[a-z0-9.-]+(:[0-9]{1,5})?$')",
              "message": "must be scheme and host, and a port where it is not the default, such as https://app.example.com"
            }
          ]
        }
      }
    }
  },
  "x-kubernetes-validations": [
    {
      "rule": "has(self.ingressClassName) || has(self.parentRefs)",
      "message": "must have ingressClassName (an IngressClass) or parentRefs (Gateways): name what serves the route"
    },
    {
      "rule": "(has(self.hosts) && self.hosts.size() > 0) || has(self.tls.secretName) || has(self.tls.certificateRef) || has(self.tls.ipAddresses) || has(self.tls.dnsNames)",
      "message": "hosts is empty, so the certificate would have no name: list hosts, tls.ipAddresses or tls.dnsNames"
    }
  ]
};
