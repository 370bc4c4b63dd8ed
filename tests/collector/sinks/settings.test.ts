import t from 'tap'
import { influxSettingsOf } from '../../../collector/sinks/influx/config.ts'

const urlOf = (url: string, generation: 1 | 3 = 1): string =>
  influxSettingsOf({ generation, url }, '/etc', 'collector.yaml').url

void t.test('the address of InfluxDB is taken as a browser shows it', t => {
  for (const url of ['http://127.0.0.1:8086', 'https://[fd00::1]:8086', 'http://influx'])
    for (const shown of [url, `${url}/`]) t.equal(urlOf(shown), url)
  t.end()
})

void t.test('an address with an account in it is refused, and the password is in no message', t => {
  const place = 'collector.yaml /sinks/influx/url'
  t.throws(() => urlOf('http://admin:hunter2@127.0.0.1:8086'), {
    message: `${place} must be without an account: set username and password_file beside it`
  })
  t.throws(() => urlOf('admin:hunter2@db', 3), {
    message: `${place} must be without an account: set token_file beside it`
  })
  for (const url of ['127.0.0.1:8086', 'http://db/write?db=x', 'http://a b', 'ftp://db', 'http://', 'http://db:x'])
    t.throws(() => urlOf(url), { message: `${place} must be like http://127.0.0.1:8086, got "${url}"` })
  t.end()
})

void t.test('a name with a colon, which no server could ever read back, is refused', t => {
  t.throws(
    () =>
      influxSettingsOf(
        { generation: 1, url: 'http://db', username: 'cg:writer', password_file: 'p' },
        '/etc',
        'collector.yaml'
      ),
    {
      message:
        'collector.yaml /sinks/influx/username must be without a colon, which ends it on the way to the server (RFC 7617), got "cg:writer"'
    }
  )
  t.end()
})
