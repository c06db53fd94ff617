/** How one system or program is made to trust a certificate. */
interface Steps {
  readonly on: string;
  readonly lines: readonly string[];
}

/** What the steps are for. */
export interface TrustSubject {
  /** Where the certificate has been written to, or shall be. */
  readonly file: string;
  /** What stores call it: letters, digits and hyphens. */
  readonly alias: string;
}

/** The steps for every system and browser, to be read by people; lines that are commands can be copied as they are. */
export function listTrustSteps({ file, alias }: TrustSubject): readonly Steps[] {
  const path = quoteForShell(file);
  const windowsPath = `"${file}"`;
  return [
    {
      on: 'Debian, Ubuntu',
      lines: [`sudo cp ${path} /usr/local/share/ca-certificates/${alias}.crt && sudo update-ca-certificates`],
    },
    {
      on: 'Fedora, RHEL',
      lines: [`sudo cp ${path} /etc/pki/ca-trust/source/anchors/${alias}.crt && sudo update-ca-trust`],
    },
    {
      on: 'Alpine',
      lines: [
        `apk add ca-certificates && cp ${path} /usr/local/share/ca-certificates/${alias}.crt && update-ca-certificates`,
      ],
    },
    { on: 'Arch', lines: [`sudo trust anchor --store ${path}`] },
    {
      on: 'macOS: Safari, Chrome, Edge',
      lines: [`sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain ${path}`],
    },
    {
      on: 'Windows: Edge, Chrome (as administrator)',
      lines: [
        `certutil -addstore -f Root ${windowsPath}`,
        `or, in PowerShell: Import-Certificate -FilePath ${windowsPath} -CertStoreLocation Cert:\\LocalMachine\\Root`,
      ],
    },
    {
      on: 'Chrome, Chromium on Linux (certutil is in libnss3-tools, nss-tools)',
      lines: [
        'mkdir -p $HOME/.pki/nssdb && { certutil -d sql:$HOME/.pki/nssdb -L >/dev/null 2>&1 || certutil -d sql:$HOME/.pki/nssdb -N --empty-password; }',
        `certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n ${alias} -i ${path}`,
      ],
    },
    {
      on: 'Firefox (its own store; on Windows and macOS it takes the system’s as well)',
      lines: [
        'Settings, Privacy & Security, Certificates, View Certificates, Authorities, Import: tick "Trust this CA to identify websites"',
        `for many: policies.json with {"policies": {"Certificates": {"Install": [${JSON.stringify(file)}]}}}`,
      ],
    },
    {
      on: 'Android',
      lines: [
        'send the file to it; Settings, Security, More security settings, Encryption & credentials, Install a certificate, CA certificate',
        'Chrome takes it; other apps only when their networkSecurityConfig trusts "user" certificates',
      ],
    },
    {
      on: 'iPhone, iPad',
      lines: [
        'send the file to it; Settings, Profile Downloaded, Install',
        'then Settings, General, About, Certificate Trust Settings: enable full trust, without which it counts for nothing',
      ],
    },
    { on: 'Node.js', lines: [`NODE_EXTRA_CA_CERTS=${path} node app.js`] },
    {
      on: 'Python',
      lines: [
        `SSL_CERT_FILE=${path} python3 app.py    (instead of the public roots; REQUESTS_CA_BUNDLE for requests)`,
        `or in the program: ssl.create_default_context(cafile=${JSON.stringify(file)})`,
      ],
    },
    {
      on: 'Java',
      lines: [`keytool -importcert -cacerts -storepass changeit -noprompt -alias ${alias} -file ${path}`],
    },
    { on: 'Go on Linux', lines: [`SSL_CERT_FILE=${path} ./app    (instead of the public roots)`] },
    { on: 'curl', lines: [`curl --cacert ${path} https://…`] },
    { on: 'wss', lines: [`wss probe --ca ${path} wss://…`] },
  ];
}

/** The steps as text, with whatever has to be known before them. */
export function formatTrustSteps(subject: TrustSubject): string {
  const blocks = listTrustSteps(subject).map(
    ({ on, lines }) => `${on}\n${lines.map((line) => `  ${line}\n`).join('')}`,
  );
  return [
    'Whoever holds the key of this authority can pass for every host to those who trust it. Compare the fingerprint with the one',
    'that its owner tells, by another way than this one.',
    '',
    ...blocks,
  ].join('\n');
}

function quoteForShell(text: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
