import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { loadAll } from 'js-yaml';
import { sessionTimeoutSeconds, tlsProfiles } from '../../../src/route/tls-profile.ts';
import { readPage, root } from '../../docs/markdown.ts';

/** The settings for ingress controllers: one set for each, and what they share. */

// biome-ignore lint/suspicious/noExplicitAny: documents of many kinds
type Parsed = any;

const { protocols, ciphers } = tlsProfiles.Intermediate;
const [community] = read('ingress-nginx-values.yaml');
const [f5] = read('f5-nginx-values.yaml');
const envoy = read('envoy-gateway.yaml');
const fabric = read('nginx-gateway-fabric.yaml');
const { options } = fabric.find(({ kind }) => kind === 'Gateway').spec.listeners[0].tls;
const { tls } = envoy.find(({ kind }) => kind === 'ClientTrafficPolicy').spec;

describe('the settings for ingress controllers', () => {
  test('are the same with Helm and without', () => {
    assert.deepEqual(read('ingress-nginx-configmap.yaml')[0].data, community.controller.config);
    assert.deepEqual(read('f5-nginx-configmap.yaml')[0].data, f5.controller.config.entries);
  });

  test("are Mozilla's Intermediate", () => {
    const nginx = [community.controller.config, f5.controller.config.entries];
    for (const config of nginx) {
      assert.equal(config['ssl-protocols'], protocols.join(' '));
      assert.equal(config['ssl-ciphers'], ciphers.join(':'));
    }
    assert.equal(options['nginx.org/ssl-protocols'], protocols.join(' '));
    assert.equal(options['nginx.org/ssl-ciphers'], ciphers.join(':'));
    assert.equal(tls.minVersion, protocols[0].replace('TLSv', ''));
    assert.deepEqual(tls.ciphers, ciphers);
  });

  test('keep sessions as long as the profile says', () => {
    assert.equal(sessionTimeoutSeconds, 24 * 3600);
    assert.equal(community.controller.config['ssl-session-timeout'], '1d');
    assert.match(f5.controller.config.entries['http-snippets'], /^ssl_session_timeout 1d;$/m);
  });

  test('let a Pod live longer than the sockets of its workers', () => {
    for (const { terminationGracePeriodSeconds, config } of [community.controller, f5.controller]) {
      const timeout = Number.parseInt((config.entries ?? config)['worker-shutdown-timeout'], 10);
      assert.ok(terminationGracePeriodSeconds > timeout, `${terminationGracePeriodSeconds} s, workers ${timeout} s`);
    }
  });

  test('are strings in ConfigMaps, as the API server wants them', () => {
    for (const config of [community.controller.config, f5.controller.config.entries]) {
      for (const [key, value] of Object.entries(config)) assert.equal(typeof value, 'string', key);
    }
  });

  test('are explained, each of them', () => {
    const page = readPage('deploy/controllers/README.md');
    const keys = [
      ...Object.keys(community.controller.config),
      ...Object.keys(f5.controller.config.entries),
      ...Object.keys(options),
      ...Object.keys(tls),
      ...Object.keys(tls.session),
      ...envoy.flatMap(({ spec }) =>
        Object.keys({ ...spec.shutdown, ...(spec.circuitBreaker && { circuitBreaker: 1 }) }),
      ),
      ...fabric.flatMap(({ spec }) => Object.keys(spec).filter((key) => key === 'workerConnections')),
    ].filter((key) => key !== 'session');
    assert.deepEqual(
      keys.filter((key) => !page.includes(`\`${key}\``) && !page.includes(`\`${key}: `)),
      [],
    );
  });
});

function read(file: string): Parsed[] {
  return loadAll(readFileSync(join(root, 'deploy/controllers', file), 'utf8')) as Parsed[];
}
