import dns from 'node:dns'
import t from 'tap'
import { attachTestServer } from '../../../collector/testserver/attach.ts'
import { openCollector } from '../../rig/collector.ts'
import { keys, problemOf, rawClient, upgradeText } from './rig.ts'

/** What a name that means IPv4 and IPv6 does, on machines that have one of them only. */
const twoLocalhosts = (teardown: (work: () => void) => void): void => {
  const { lookup } = dns
  const answer = (name: string, options: object, done: (error: null, found: object[]) => void): void => {
    if (name === 'localhost' && 'all' in options && options.all === true)
      done(null, [
        { address: '127.0.0.1', family: 4 },
        { address: '127.0.0.2', family: 4 }
      ])
    else Reflect.apply(lookup, dns, [name, options, done])
  }
  Object.assign(dns, { lookup: answer })
  teardown(() => Object.assign(dns, { lookup }))
}

void t.test('a collector on localhost serves requests with an Upgrade and tests at both of its addresses', async t => {
  twoLocalhosts(work => t.teardown(work))
  for (const attached of [false, true]) {
    const rig = await openCollector(work => t.teardown(work))
    const log = { info: () => undefined, error: () => undefined }
    if (attached)
      attachTestServer(rig.app.server, {
        publicKey: keys.publicKey,
        serverId: 'collector',
        portMbps: 1_000,
        book: { open: () => Promise.resolve('lease_invalid'), close: () => Promise.resolve() },
        log
      })
    await rig.app.listen({ host: 'localhost', port: 0 })
    const addresses = rig.app.addresses()
    t.equal(addresses.length, 2)
    for (const one of addresses) {
      if (typeof one === 'string') continue
      const { address: host, port } = one
      const asked = async (upgrade: string, path: string) => {
        const client = await rawClient({ host, port }, upgradeText({ upgrade, connection: 'Upgrade, close' }, path))
        const late = setTimeout(() => client.socket.destroy(), 5_000)
        await client.closed
        clearTimeout(late)
        return client.heard()
      }
      t.match(await asked('h2c', '/livez'), /^HTTP\/1\.1 200 /, `${host}, ${attached ? 'with' : 'without'} tests`)
      const test = await asked('bwtest/1', '/bw/v1')
      if (attached) t.equal(problemOf(test).code, 'lease_missing')
      else t.match(test, /^HTTP\/1\.1 40[14] /)
    }
    await rig.close()
  }
})
