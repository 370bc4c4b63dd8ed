import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { stringify } from 'yaml'
import { runSinkSetup } from '../../../collector/sinks/setup-command.ts'
import { scratch } from '../../delivery/scratch.ts'
import { openDoor } from '../../rig/door.ts'
import { openInfluxDouble } from '../../rig/influx-double.ts'

/** A real 1.6.7 stands in tests/peers/influx-setup.test.ts; here is what goes wrong before anything is made. */
void t.test(
  'sink setup that cannot begin says why, and has shown the secret of the administrator to nobody',
  async t => {
    const directory = scratch(t)
    const double = await openInfluxDouble(work => t.teardown(work), 1)
    const at = (name: string, text?: string): string => {
      if (text !== undefined) writeFileSync(join(directory, name), text)
      return join(directory, name)
    }
    const admin = at('admin.secret', 'admin-canary\r\n')
    const run = async (influx: Record<string, unknown>, more = {}) => {
      double.heard.length = 0
      const account = { generation: 1, url: double.url, username: 'writer', password_file: 'writer.secret' }
      const config = at('collector.yaml', stringify({ data: 'data', sinks: { influx: { ...account, ...influx } } }))
      const options = { config, adminUser: 'admin', adminPasswordFile: admin, readerPasswordFile: at('reader.secret') }
      await runSinkSetup({ ...options, ...more }, () => undefined)
    }

    await t.test('an InfluxDB of another generation', async t => {
      double.version = 'v2.7.12'
      await t.rejects(run({}), { exit: 'badConfiguration', message: /set generation: 2/ })
      t.same(
        double.heard.map(({ authorization }) => authorization),
        [undefined]
      )
    })
    await t.test('something else', async t => {
      const asked: (string | undefined)[] = []
      const { url } = await openDoor(
        work => t.teardown(work),
        (request, response) => {
          asked.push(request.headers.authorization)
          response.writeHead(404).end('<html>')
          return Promise.resolve()
        }
      )
      await t.rejects(run({ url }), { exit: 'badConfiguration', message: /no InfluxDB/ })
      t.same(asked, [undefined])
    })
    await t.test('no TLS there: exit 78 as of sink check', async t => {
      const url = double.url.replace('http:', 'https:')
      await t.rejects(run({ url }), { exit: 'badConfiguration', message: /does not speak TLS/ })
    })
    await t.test('a certificate that is not there', async t => {
      await t.rejects(run({ ca_file: 'no.pem' }), { message: /no\.pem must be a readable file: it is not there/ })
      t.same(double.heard, [])
    })
    await t.test('more in a file than a secret: an account would be made that the sink then refuses', async t => {
      at('two.secret', 'one\ntwo\n')
      await t.rejects(run({ password_file: 'two.secret' }), { message: /two\.secret must hold the password alone/ })
      await t.rejects(run({}, { adminPasswordFile: at('two.secret') }), { message: /two\.secret must hold/ })
      await t.rejects(run({}, { readerPasswordFile: at('two.secret') }), { message: /two\.secret must hold/ })
      t.same(double.heard, [])
    })
    await t.test('one name for both accounts', async t => {
      await t.rejects(run({}, { readerUser: 'writer' }), { exit: 'usage', message: /--reader-user must be another/ })
      t.same(double.heard, [])
    })
    await t.test('a fresh server without any account: its own words', async t => {
      double.version = '1.6.7~rc0'
      double.plant = ({ path }) =>
        path === '/query'
          ? {
              status: 403,
              body: '{"error":"error authorizing query: create admin user first or disable authentication"}'
            }
          : undefined
      await t.rejects(run({}), { exit: 'notPermitted', message: /create admin user first/ })
    })
    t.notOk(existsSync(at('writer.secret')) || existsSync(at('reader.secret')), 'and no file was made')
  }
)
