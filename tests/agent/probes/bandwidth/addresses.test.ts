import t from 'tap'
import { addressesOf, boundFor, firstOf } from '../../../../agent/probes/bandwidth/open-upgrade.ts'
import { SessionError } from '../../../../agent/probes/bandwidth/session-types.ts'

/** Opens the candidates one by one; the first ones fail as told. */
const opening = async (...faults: readonly SessionError[]) => {
  const tried: string[] = []
  const open = (address: string): Promise<string> => {
    tried.push(address)
    const fault = faults[tried.length - 1]
    return fault === undefined ? Promise.resolve(address) : Promise.reject(fault)
  }
  const result = await firstOf(['2001:db8::1', '192.0.2.1'], open).catch((error: unknown) => error)
  return { result, tried }
}

void t.test(
  'the other address of a name is tried where the first is away or not the one that the lease was asked from',
  async t => {
    const away = new SessionError('server_unreachable', 'nobody')
    t.match(await opening(away), { result: '192.0.2.1' })
    const foreign = new SessionError('lease_refused', 'from 198.51.100.1', { code: 'lease_foreign_address' })
    t.match(await opening(foreign), { result: '192.0.2.1' })
    t.match(await opening(foreign, foreign), { result: { code: 'lease_foreign_address' } }, 'both ways in are foreign')
    const used = new SessionError('lease_refused', 'used', { code: 'lease_used' })
    t.match(
      await opening(used),
      { result: { code: 'lease_used' }, tried: ['2001:db8::1'] },
      'any other refusal is final'
    )
  }
)

void t.test('streams are bound to an address of the family of the server, and to no other interface', async t => {
  const localAddresses = { 4: '198.51.100.7' }
  t.equal(boundFor({ localAddresses }, '192.0.2.1'), '198.51.100.7')
  t.equal(boundFor({ localAddress: '198.51.100.8', localAddresses }, '192.0.2.1'), '198.51.100.8')
  t.same(await addressesOf({ host: '[2001:db8::1]' }), ['2001:db8::1'])
  const found = await addressesOf({ host: 'localhost', localAddresses })
  t.ok(
    found.length > 0 && found.every(address => !address.includes(':')),
    `a family without an address: ${found.join()}`
  )
})
