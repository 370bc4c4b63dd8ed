import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { join } from 'node:path'
import t from 'tap'
import { checkServer } from '../../collector/sinks/influx/check.ts'
import { loadSecrets } from '../../collector/sinks/influx/secrets.ts'
import { openPost, settingsFor } from '../rig/influxd-post.ts'
import { openInfluxd } from '../rig/influxd.ts'

const { signal } = new AbortController()

void t.test('a real InfluxDB over TLS, with an authority of our own', async t => {
  const directory = t.testdir({ password: '' })
  const openssl = (...words: string[]): void =>
    void execFileSync('openssl', words, { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] })
  const authority = (name: string): void =>
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-subj',
      `/O=Bureau/CN=${name}`,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.pem`
    )
  const server = (name: string, alternative: string, ca: string): void => {
    writeFileSync(join(directory, `${name}.ext`), `subjectAltName=${alternative}\n`)
    openssl(
      'req',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`
    )
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      `${ca}.pem`,
      '-CAkey',
      `${ca}.key`,
      '-CAcreateserial',
      '-days',
      '2',
      '-extfile',
      `${name}.ext`,
      '-out',
      `${name}.pem`
    )
  }
  authority('campus-ca')
  authority('other-ca')
  server('right', 'IP:127.0.0.1', 'campus-ca')
  server('elsewhere', 'DNS:influx.example', 'campus-ca')
  const at = (name: string): string => join(directory, name)
  const influxd = await openInfluxd(t.teardown, {
    tls: { certificate: at('right.pem'), key: at('right.key'), ca: at('campus-ca.pem') }
  })
  const check = (ca?: string, url = influxd.url) => {
    const settings = settingsFor({ ...influxd, url }, directory, ca === undefined ? {} : { ca_file: ca })
    return checkServer(settings, loadSecrets(settings), signal)
  }
  t.match(await check('campus-ca.pem'), { ok: true })
  for (const ca of [undefined, 'other-ca.pem'])
    t.match(await check(ca), {
      ok: false,
      kind: 'refused',
      exit: 'badConfiguration',
      sentence:
        /证书不可信.*签发者：campus-ca, Bureau.*\nThe certificate of https:.* is not trusted: its authority is unknown here \(issued by campus-ca, Bureau\)\. Put the certificate/
    })
  const read = (file: string): string => readFileSync(at(file), 'utf8')
  const elsewhere = createServer({ cert: read('elsewhere.pem'), key: read('elsewhere.key') }).listen(0, '127.0.0.1')
  await once(elsewhere, 'listening')
  t.teardown(() => elsewhere.close())
  const address = elsewhere.address()
  const url = `https://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`
  t.match(await check('campus-ca.pem', url), { ok: false, kind: 'refused', sentence: /not made for this host name/ })
  t.match(await check('campus-ca.pem', influxd.url.replace('https:', 'http:')), { ok: false, sentence: /no InfluxDB/ })
  const { write } = openPost(t.teardown, influxd, directory, { ca_file: 'campus-ca.pem' })
  t.same(
    await write(
      'raw',
      Array.from({ length: 300 }, (_, i) => `ping took_ms=1 ${i}`),
      signal
    ),
    { refused: [] }
  )
  const [series] = await influxd.query('readiness', 'SELECT count(took_ms) FROM ping')
  t.equal(series?.values[0]?.[1], 300)
})
