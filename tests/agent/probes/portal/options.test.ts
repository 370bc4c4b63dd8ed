import t from 'tap'
import { portal } from '../../../../agent/probes/portal/portal.ts'
import { parseOptions } from '../../../../agent/probes/portal/options.ts'
import { thrown } from '../context.ts'

void t.test('bad options are refused with a sentence that says where, what was expected, and what came', t => {
  const table: [unknown, string][] = [
    [{}, 'portal options /url is missing'],
    [{ url: 'edu' }, 'portal options /url must be an http or https URL, got "edu"'],
    [{ url: 'ftp://a.test/' }, 'portal options /url must be an http or https URL, got "ftp://a.test/"'],
    [{ url: 'http://' }, 'portal options /url must be an http or https URL, got "http://"'],
    [
      { url: 'http://admin:s3cret@a.test/' },
      'portal options /url must not hold a user name or a password, got "http://***@a.test/"'
    ],
    [{ url: 'http://a.test/', famly: 4 }, 'portal options /famly is not a known key: did you mean "family"?'],
    [
      { url: 'http://192.0.2.1/', family: 6 },
      'portal options /url must name a host or an IPv6 address, got "http://192.0.2.1/"'
    ],
    ...['dns.test', '192.0.2.1:0', '192.0.2.1:70000', '2001:db8::1:x', '[192.0.2.1]', '192.0.2'].map(
      (resolver): [unknown, string] => [
        { url: 'http://a.test/', resolvers: ['192.0.2.1', resolver] },
        `portal options /resolvers/1 must be an IP address or address:port, got ${JSON.stringify(resolver)}`
      ]
    )
  ]
  for (const [options, message] of table)
    t.equal(
      thrown(() => portal.prepare(options)),
      message
    )
  t.end()
})

void t.test('name servers may be written with and without port and brackets', t => {
  for (const resolver of ['192.0.2.1', '192.0.2.1:5353', '2001:db8::1', '[2001:db8::1]', '[2001:db8::1]:5353'])
    t.equal(
      thrown(() => portal.prepare({ url: 'http://a.test/', resolvers: [resolver] })),
      '',
      resolver
    )
  t.end()
})

void t.test('the subject of a URL is host, port and path, as HTTP and TLS want them', t => {
  const subject = (url: string) => parseOptions({ url }).subject
  t.same(subject('https://School.Test/a?b=1#c'), {
    secure: true,
    host: 'school.test',
    hostHeader: 'school.test',
    port: 443,
    path: '/a?b=1'
  })
  t.same(subject('http://[2001:DB8::1]:8080'), {
    secure: false,
    host: '2001:db8::1',
    hostHeader: '[2001:db8::1]:8080',
    port: 8080,
    path: '/'
  })
  t.equal(subject('http://0x7f.1/').host, '127.0.0.1', 'every way of writing an address is one address')
  t.end()
})

void t.test('checks of one host run one after the other', t => {
  t.equal(portal.hostKey?.({ url: 'http://School.test:81/a' }), 'school.test')
  for (const raw of [undefined, null, 5, {}, { url: 5 }, { url: 'edu' }]) t.equal(portal.hostKey?.(raw), 'portal')
  t.end()
})
