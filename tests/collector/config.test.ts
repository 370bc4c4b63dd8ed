import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { loadSettings, settingsOf } from '../../collector/config.ts'
import { loadAdminSecret, loadCollectorKey, readAdminSecret } from '../../collector/keys.ts'
import { thrown } from '../agent/probes/context.ts'

void t.test('a configuration is refused with file, place, expectation and value', t => {
  const file = join(t.testdir(), 'collector.yaml')
  const cases: [string, string][] = [
    ['', '/ must be an object, got null'],
    ['listen: {}', '/data is missing'],
    ['data: ""', '/data must not have fewer than 1 characters, got ""'],
    ['data: d\nlisten: { port: 70000 }', '/listen/port must be <= 65535, got 70000'],
    ['data: d\nlisten: { prot: 80 }', '/listen/prot is not a known key: did you mean "port"?'],
    ['data: d\npublic_url: ftp://x', '/public_url must match ^https?://[^/@]+$, got "ftp://x"'],
    ['data: d\nupload_ms: 10', '/upload_ms must be >= 50, got 10'],
    ['data: d\nlog: loud', '/log must be one of "silent", "error", "warn", "info", "debug", got "loud"'],
    ['data: d\nbandwidth: { server: [] }', '/bandwidth/server is not a known key: did you mean "servers"?'],
    [
      'data: d\nbandwidth: { servers: [{ id: collector, port_mbps: 1000, speed: 1 }] }',
      '/bandwidth/servers/0/speed is not a known key'
    ],
    [
      'data: d\nbandwidth: { budget: { day_bytes: 1000 } }',
      '/bandwidth/budget/day_bytes must be >= 210000000, got 1000'
    ],
    [
      'data: d\nbandwidth: { windows: { night: 01:00-01:10 } }',
      '/bandwidth/windows/night must end at least 30 minutes after it begins, on the same day, got "01:00-01:10"'
    ],
    [
      'data: d\nchecks: [{ name: A, probe: host, every_ms: 1000 }]',
      '/checks/0/name must match ^[a-z0-9][a-z0-9-]{0,31}$, got "A"'
    ],
    [
      'data: d\nchecks: [{ name: a, probe: host, every_ms: 1000, devices: [router] }]',
      '/checks/0/devices/0 must be one of "gateway", "panel", "recorder", "switch", "access-point", got "router"'
    ]
  ]
  for (const [text, message] of cases) {
    writeFileSync(file, text)
    t.equal(
      thrown(() => loadSettings(file)),
      `${file} ${message}`
    )
  }
  writeFileSync(file, 'data: [')
  t.match(
    thrown(() => loadSettings(file)),
    /collector\.yaml line 1 column 8 must be YAML: /
  )
  writeFileSync(
    file,
    `a: &a [x]\n${Array.from({ length: 200 }, (_, i) => `k${i}: [*a,*a,*a,*a,*a,*a,*a,*a]`).join('\n')}`
  )
  t.match(
    thrown(() => loadSettings(file)),
    /must be YAML: Excessive alias count/
  )
  t.end()
})

void t.test('paths are relative to the file, and what is left out has a default', t => {
  const settings = settingsOf({ data: 'var', ledger: '../l.yaml' }, '/etc/gauge')
  t.match(settings, {
    host: '127.0.0.1',
    port: 8080,
    data: '/etc/gauge/var',
    ledger: '/etc/l.yaml',
    uploadMs: 60_000,
    foldMs: 300_000,
    log: 'info',
    publicUrl: undefined
  })
  t.match(settings.packs, /deploy\/targets$/)
  t.end()
})

void t.test('key and secret are made once, kept for their owner only, and the same for ever', t => {
  const directory = join(t.testdir(), 'new', 'data')
  const key = loadCollectorKey(directory)
  const secret = loadAdminSecret(directory)
  t.same([secret.made, secret.secret.length], [true, 32])
  t.match(loadCollectorKey(directory), { publicKey: key.publicKey, fingerprint: key.fingerprint })
  t.same(loadAdminSecret(directory), { ...secret, made: false })
  t.equal(readAdminSecret(directory), secret.secret)
  for (const file of ['collector.key', 'admin.secret']) t.equal(statSync(join(directory, file)).mode & 0o777, 0o600)
  t.equal(statSync(directory).mode & 0o777, 0o700)
  t.end()
})
