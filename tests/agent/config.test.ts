import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { agentSettingsOf, loadAgentSettings } from '../../agent/config.ts'
import { loadEnrolment, loadOrMakeKey, saveEnrolment } from '../../agent/identity.ts'
import { statSync } from 'node:fs'
import { thrown } from './probes/context.ts'

void t.test('an agent’s configuration is refused with file, place, expectation and value', t => {
  const file = join(t.testdir(), 'agent.yaml')
  const cases: [string, string][] = [
    ['', '/ must be an object, got null'],
    ['data: .', '/url is missing'],
    ['url: http://10.1.2.3:8080', '/data is missing'],
    ['url: http://10.1.2.3:8080/\ndata: .', '/url must match ^https?://[^/@]+$, got "http://10.1.2.3:8080/"'],
    ['url: 10.1.2.3\ndata: .', '/url must match ^https?://[^/@]+$, got "10.1.2.3"'],
    ['ulr: x\nurl: http://a\ndata: .', '/ulr is not a known key: did you mean "url"?'],
    ['url: http://a\ndata: .\nspool: { max_bytes: 10 }', '/spool/max_bytes must be >= 65536, got 10'],
    ['url: http://a\ndata: .\nretry: { base_ms: 0 }', '/retry/base_ms must be >= 1, got 0'],
    ['url: http://a\ndata: .\nretry: { bas_ms: 5 }', '/retry/bas_ms is not a known key: did you mean "base_ms"?'],
    ['url: http://a\ndata: .\nchecks: []', '/checks is not a known key']
  ]
  for (const [text, message] of cases) {
    writeFileSync(file, text)
    t.equal(
      thrown(() => loadAgentSettings(file)),
      `${file} ${message}`
    )
  }
  writeFileSync(file, 'url: [')
  t.match(
    thrown(() => loadAgentSettings(file)),
    `${file} line 1 column 7 must be a readable YAML file: Flow sequence`
  )
  t.match(
    thrown(() => loadAgentSettings(`${file}.none`)),
    `${file}.none must be a readable YAML file: ENOENT`
  )
  t.end()
})

void t.test('paths are relative to the file, and what is left out has the delays of the specification', t => {
  t.same(agentSettingsOf({ url: 'http://a', data: 'var' }, '/etc/gauge'), {
    url: 'http://a',
    data: '/etc/gauge/var',
    maxSpoolBytes: 67_108_864,
    retry: { firstMs: 60_000, baseMs: 8_000, capMs: 300_000, refusedMs: 300_000 },
    log: 'info'
  })
  t.end()
})

void t.test('a key is made once, kept for its owner only, and names the agent', t => {
  const directory = join(t.testdir(), 'data')
  const key = loadOrMakeKey(directory)
  t.equal(loadOrMakeKey(directory).id, key.id)
  t.match(key.id, /^a-[0-9a-f]{24}$/)
  t.equal(statSync(join(directory, 'agent.key')).mode & 0o777, 0o600)
  t.end()
})

void t.test('a machine that is not enrolled is told how to enrol', t => {
  const directory = t.testdir()
  const file = join(directory, 'enrolment.json')
  t.equal(
    thrown(() => loadEnrolment(directory)),
    `${file} must exist: this machine is not enrolled yet. Run: campus-gauge enroll --url URL --token-file FILE --data ${directory}`
  )
  writeFileSync(file, '{}')
  t.match(
    thrown(() => loadEnrolment(directory)),
    `${file} /url is missing`
  )
  const enrolment = {
    url: 'http://a',
    agent: 'a-1',
    school: 's-1',
    collector_key: Buffer.alloc(32, 7).toString('base64'),
    machine_fingerprint: 'f'
  }
  saveEnrolment(directory, enrolment)
  t.match(loadEnrolment(directory), enrolment)
  t.equal(statSync(file).mode & 0o777, 0o600)
  saveEnrolment(directory, { ...enrolment, collector_key: 'AAAA' })
  t.equal(
    thrown(() => loadEnrolment(directory)),
    'a raw Ed25519 key must be 32 bytes, got 3'
  )
  t.end()
})
