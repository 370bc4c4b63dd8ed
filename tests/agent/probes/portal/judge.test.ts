import t from 'tap'
import type { Exchange } from '../../../../agent/probes/portal/exchange.ts'
import { dnsReason, judge } from '../../../../agent/probes/portal/judge.ts'
import { parseOptions } from '../../../../agent/probes/portal/options.ts'
import { isSameSite } from '../../../../agent/probes/portal/same-site.ts'

const answered = (status: number, location?: string, body = ''): Exchange => ({
  answered: { status, body: Buffer.from(body), ...(location === undefined ? {} : { location }) }
})
const reasonOf = (seen: Exchange, options: object = {}, certDays?: number): string => {
  const { outcome, reason } = judge(seen, parseOptions({ url: 'http://www.school.test/', ...options }), certDays)
  return reason === undefined ? outcome : `${outcome} ${reason}`
}

void t.test('where an exchange broke off decides what is said of the site', t => {
  const table: [Exchange['broken'], string][] = [
    [{ phase: 'tcp', code: 'ECONNREFUSED' }, 'failed tcp_refused'],
    [{ phase: 'tcp', code: 'ECONNRESET' }, 'failed tcp_refused'],
    [{ phase: 'tcp', code: 'ETIMEDOUT' }, 'failed tcp_timeout'],
    [{ phase: 'tcp', code: 'deadline' }, 'failed tcp_timeout'],
    [{ phase: 'tcp', code: 'ENETUNREACH' }, 'failed tcp_unreachable'],
    [{ phase: 'tcp', code: 'EHOSTUNREACH' }, 'failed tcp_unreachable'],
    [{ phase: 'tls', code: 'ECONNRESET' }, 'failed tls_error'],
    [{ phase: 'tls', code: 'deadline' }, 'failed tls_error'],
    [{ phase: 'http', code: 'deadline' }, 'failed http_timeout'],
    [{ phase: 'http', code: 'ECONNRESET' }, 'failed http_error'],
    [{ phase: 'http', code: 'HPE_INVALID_CONSTANT' }, 'failed http_error']
  ]
  for (const [broken, said] of table)
    if (broken !== undefined) t.equal(reasonOf({ broken }), said, `${broken.phase} ${broken.code}`)
  t.equal(reasonOf({}), 'failed http_error')
  t.end()
})

void t.test('why a certificate is not believed', t => {
  const table = {
    CERT_HAS_EXPIRED: 'tls_expired',
    CERT_NOT_YET_VALID: 'tls_expired',
    ERR_TLS_CERT_ALTNAME_INVALID: 'tls_name',
    DEPTH_ZERO_SELF_SIGNED_CERT: 'tls_untrusted',
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls_untrusted'
  }
  for (const [distrust, reason] of Object.entries(table)) t.equal(reasonOf({ distrust }), `failed ${reason}`)
  t.end()
})

void t.test('status and place of a redirect', t => {
  const https = { url: 'https://www.school.test/' }
  t.equal(reasonOf(answered(204)), 'ok')
  t.equal(reasonOf(answered(404)), 'failed http_4xx')
  t.equal(reasonOf(answered(503)), 'failed http_5xx')
  t.equal(reasonOf(answered(511), https), 'failed captive_portal')
  t.equal(reasonOf(answered(511), { expect_status: [511] }), 'failed captive_portal')
  t.equal(reasonOf(answered(302, 'http://login.isp.test/?u=1')), 'failed captive_portal')
  t.equal(reasonOf(answered(302, '//10.0.0.1/login')), 'failed captive_portal')
  t.equal(reasonOf(answered(302, 'http://notschool.test/')), 'failed captive_portal')
  t.equal(reasonOf(answered(302, 'http://login.isp.test/'), https), 'ok', 'nobody in between speaks behind TLS')
  t.equal(reasonOf(answered(301, 'https://school.test/')), 'ok')
  t.equal(reasonOf(answered(301, 'https://m.school.test/')), 'ok')
  t.equal(reasonOf(answered(302, '/index.html')), 'ok')
  t.equal(reasonOf(answered(302, 'http://[')), 'ok', 'no URL, no host, no accusation')
  t.equal(reasonOf(answered(302, 'http://login.isp.test/'), { expect_status: [200] }), 'failed captive_portal')
  t.equal(reasonOf(answered(200), { expect_status: [204] }), 'failed http_error')
  t.equal(reasonOf(answered(404), { expect_status: [404] }), 'ok')
  t.equal(reasonOf(answered(500), { expect_status: [404] }), 'failed http_5xx')
  t.end()
})

void t.test('the expected text counts in UTF-8 and in GBK, in the first 64 KiB', t => {
  const expect_text = '智慧教育'
  t.equal(reasonOf(answered(200, undefined, '<title>国家智慧教育平台'), { expect_text }), 'ok')
  const gbk: Exchange = { answered: { status: 200, body: Buffer.from('d6c7bbdbbdccd3fd', 'hex') } }
  t.equal(reasonOf(gbk, { expect_text }), 'ok')
  t.equal(reasonOf(answered(200, undefined, 'please log in'), { expect_text }), 'failed body_mismatch')
  t.equal(reasonOf(answered(200, undefined, ' '.repeat(65_536) + expect_text), { expect_text }), 'failed body_mismatch')
  t.equal(reasonOf(answered(404, undefined, expect_text), { expect_text }), 'failed http_4xx')
  t.end()
})

void t.test('a certificate that ends soon is worth a word, but no failure', t => {
  t.equal(reasonOf(answered(200), {}, 14.9), 'degraded cert_expiring')
  t.equal(reasonOf(answered(200), {}, 15), 'ok')
  t.equal(reasonOf(answered(404), {}, 3), 'failed http_4xx')
  t.end()
})

void t.test('codes of name servers', t => {
  const table: [string, string][] = [
    ['ENOTFOUND', 'dns_nxdomain'],
    ['ENODATA', 'dns_nxdomain'],
    ['ESERVFAIL', 'dns_servfail'],
    ['EREFUSED', 'dns_servfail'],
    ['ETIMEOUT', 'dns_timeout'],
    ['ECONNREFUSED', 'dns_timeout']
  ]
  for (const [code, reason] of table) t.equal(dnsReason(code), reason)
  t.end()
})

void t.test('one site is one host and what is below it', t => {
  const table: [string, string, boolean][] = [
    ['school.test', 'SCHOOL.test.', true],
    ['www.school.test', 'm.school.test', true],
    ['a.school.test', 'school.test', true],
    ['school.test', 'preschool.test', false],
    ['a.school.test', 'b.school.test', false],
    ['10.0.0.1', '0.0.1', false],
    ['10.0.0.1', '10.0.0.1', true]
  ]
  for (const [a, b, same] of table) {
    t.equal(isSameSite(a, b), same, `${a} ${b}`)
    t.equal(isSameSite(b, a), same, `${b} ${a}`)
  }
  t.end()
})
