import t from 'tap'
import type { Sent } from '../../../contract/sent.ts'
import { openCollector, temporaryDirectory, type CollectorRig } from '../../rig/collector.ts'
import { boot, knownAgent, signed, wireAgent, type Wish, type WireAgent } from '../../rig/agent-identity.ts'

/** Of an uplink that nobody has: 404 is the answer to a request that is believed. */
const wishOf = (sent: Sent): Wish => ({
  path: '/v1/leases',
  body: Buffer.from('{"uplink":"line-8"}'),
  encoding: 'identity',
  spool: '-',
  seq: 0,
  sent
})
const ask = async (agent: WireAgent, sent: Sent, tamper: Wish['tamper'] = {}): Promise<number> => {
  const answer = await agent.send({ ...wishOf(sent), tamper })
  t.ok(answer.verified)
  return answer.statusCode
}
const sentAt = (rig: CollectorRig, upMs: number): Sent => ({ boot, up_ms: upMs, wall_ms: rig.clock.ms })

void t.test('a copied request for a lease is refused, however its signature is spelt', async t => {
  const rig = await openCollector(work => t.teardown(work))
  const agent = await knownAgent(rig)
  const sent = sentAt(rig, 1)
  t.equal(await ask(agent, sent), 404)
  t.equal(await ask(agent, sent), 401)
  const { signature } = signed(agent.key, wishOf(sent))
  // The last of the 86 digits has four bits that no byte is made of.
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  const respelt = signature.signature.replace(/.==:$/, end => `${digits[digits.indexOf(end.slice(0, 1)) + 1] ?? ''}==:`)
  t.not(respelt, signature.signature)
  t.equal(await ask(agent, sent, { signature: respelt }), 401)
  t.equal(await ask(agent, sentAt(rig, 2)), 404, 'the next of the agent’s own')
})

void t.test('what was sent before a restart is asked for again, for as long as it would be fresh', async t => {
  const directory = temporaryDirectory(work => t.teardown(work))
  const rig = await openCollector(work => t.teardown(work), { directory })
  const agent = await knownAgent(rig)
  const copy = sentAt(rig, 1)
  t.equal(await ask(agent, copy), 404)
  await rig.close()
  const next = await openCollector(work => t.teardown(work), { directory })
  next.clock.ms = rig.clock.ms + 20_000
  const again = wireAgent(next, agent.key)
  t.equal(await ask(again, copy), 503)
  t.equal(await ask(again, sentAt(next, 2)), 404)
})
