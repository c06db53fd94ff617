/** What `tls.connect` needs to trust the API server and to be trusted by it. */
export interface TlsSettings {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/** Where the API server is and how to be let in; credentials that rotate are read again by themselves. */
export interface ClusterAccess {
  readonly server: URL;
  /** The namespace of the service account or of the kubeconfig's context; `default` when none is named. */
  readonly currentNamespace: string;
  /** For the log: where the credentials come from. */
  readonly source: string;
  /** A new object whenever the content has changed: connections made with the old one are to be replaced. */
  readonly tls: TlsSettings;
  /**
   * Headers for a request. Files are read again at most once a minute, and at once when the API server has rejected
   * (401) what was returned before.
   */
  authorize(options?: { readonly isRejected?: boolean }): Promise<Readonly<Record<string, string>>>;
}
