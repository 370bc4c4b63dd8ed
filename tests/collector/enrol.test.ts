import { hostname } from 'node:os'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { enroll } from '../../agent/enroll.ts'
import { loadEnrolment } from '../../agent/identity.ts'
import { enrolmentProof, tokenHash, type EnrolRequest } from '../../contract/enrolment.ts'
import { makeKey, wireAgent } from '../rig/agent-identity.ts'
import { openCollector, temporaryDirectory, type CollectorRig } from '../rig/collector.ts'
import { nowMs } from '../rig/ledger.ts'
import { systemOf } from '../agent/probes/context.ts'

const machine = {
  fingerprint: 'f'.repeat(64),
  hostname: 'nobody',
  macs: [] as string[],
  platform: 'linux-x64',
  version: '1'
}
type Machine = EnrolRequest['machine']

const tokenOf = async (rig: CollectorRig, wish: Record<string, unknown> = {}) => {
  const answer = await rig.app.inject({
    method: 'POST',
    url: '/v1/tokens',
    headers: { authorization: `Bearer ${rig.secret}` },
    payload: { school: 's-1', ...wish }
  })
  return answer.json<{ id: string; token: string; uses: number; expires_at: string }>()
}
const post = (
  rig: CollectorRig,
  token: string,
  over: Partial<Machine> = {},
  key = makeKey(),
  wrong: Partial<EnrolRequest> = {}
) => {
  const [, id = '', secret = ''] = token.split('.')
  const request = {
    token: id,
    public_key: key.publicKey,
    proof: enrolmentProof(tokenHash(secret), key.publicKey),
    machine: { ...machine, ...over },
    ...wrong
  }
  const wish = {
    path: '/v1/enroll',
    encoding: 'identity',
    spool: '-',
    seq: 0,
    body: Buffer.from(JSON.stringify(request))
  }
  return wireAgent(rig, key).send(wish)
}

void t.test('a machine is matched by serial, MAC or host name, and waits when it is nobody, two or taken', async t => {
  const rig = await openCollector(work => t.teardown(work))
  const { token, uses } = await tokenOf(rig)
  t.equal(uses, 3, 'as many as the school has devices')
  const plenty = (await tokenOf(rig, { uses: 50 })).token
  const cases: [string, Partial<Machine>, string | undefined][] = [
    ['the serial number', { serial: 'SN-GW-1' }, 'gw-1'],
    ['a serial number that is taken', { serial: 'SN-GW-1' }, undefined],
    ['a MAC', { macs: ['0e:00:00:00:00:09', '02:00:00:00:00:02'] }, 'panel-1'],
    ['the host name in any case', { hostname: 'panel-2' }, 'panel-2'],
    ['a device of another school', { hostname: 'panel-9' }, undefined],
    ['nothing known', {}, undefined]
  ]
  for (const [name, over, device] of cases) {
    const answer = await post(rig, plenty, over)
    t.equal(answer.statusCode, 200, name)
    t.ok(answer.verified, name)
    const state = device === undefined ? 'pending' : 'approved'
    t.match(answer.json(), { state, school: 's-1', collector_key: rig.key.publicKey }, name)
    t.equal(answer.json<{ device?: string }>().device, device, name)
  }
  t.equal((await rig.store.token(token.split('.')[1] ?? ''))?.usesLeft, 3)
})

void t.test('two devices that fit are a question for a person; the stronger sign decides first', async t => {
  const rig = await openCollector(work => t.teardown(work))
  const { token } = await tokenOf(rig, { uses: 9 })
  const both = await post(rig, token, { serial: 'SN-GW-1', hostname: 'PANEL-2' })
  t.match(both.json(), { state: 'approved', device: 'gw-1' })
  const [area] = [{ areas: [], schools: [] }]
  await rig.store.putLedger({
    ...area,
    devices: ['x-1', 'x-2'].map(id => ({ id, school: 's-1', kind: 'panel' as const, name: id, hostname: 'twin' }))
  })
  const answer = await post(rig, token, { hostname: 'twin' })
  t.match(answer.json(), { state: 'pending' })
})

void t.test('a token and an enrolment read the devices of one school, not those of the city', async t => {
  const asked: unknown[] = []
  const rig = await openCollector(work => t.teardown(work), {
    around: store => ({
      ...store,
      schools: (...of) => (asked.push(of), store.schools(...of)),
      devices: of => (asked.push(of), store.devices(of))
    })
  })
  asked.length = 0
  await post(rig, (await tokenOf(rig)).token, { serial: 'SN-GW-1' })
  t.same(asked, [[undefined, 's-1'], ['s-1'], ['s-1']])
})

void t.test('who enrols or is revoked while the roster is read again is known so afterwards', async t => {
  const gates: (() => void)[] = []
  const rig = await openCollector(work => t.teardown(work), {
    around: store => ({
      ...store,
      agents: async () => {
        const agents = await store.agents()
        await new Promise<void>(resolve => (gates.length < 2 ? resolve() : gates.push(resolve)))
        return agents
      }
    })
  })
  const { token } = await tokenOf(rig)
  const [first, second] = [makeKey(), makeKey()]
  await post(rig, token, { serial: 'SN-GW-1' }, first)
  gates.push(
    () => undefined,
    () => undefined
  )
  const reading = rig.roster.reload()
  const revoking = rig.app.inject({
    method: 'POST',
    url: `/v1/agents/${first.id}/revoke`,
    headers: { authorization: `Bearer ${rig.secret}` }
  })
  const enrolling = post(rig, token, { hostname: 'panel-2' }, second)
  const isDone = async (): Promise<boolean> => {
    const states = (await rig.store.agents()).map(agent => agent.state)
    return states.includes('revoked') && states.includes('approved') && gates.length === 3
  }
  while (!(await isDone())) await new Promise(setImmediate)
  // What else the two would do without waiting for their turn.
  for (let i = 0; i < 20; i++) await rig.store.agents()
  for (const open of gates) open()
  await Promise.all([reading, revoking, enrolling])
  t.equal(rig.roster.agent(first.id)?.state, 'revoked')
  t.equal(rig.roster.agent(second.id)?.state, 'approved')
})

void t.test('a repeat is the same answer and burns nothing; the token may be used up meanwhile', async t => {
  const rig = await openCollector(work => t.teardown(work))
  const { token } = await tokenOf(rig, { uses: 1 })
  const key = makeKey()
  const first = await post(rig, token, { serial: 'SN-GW-1' }, key)
  const again = await post(rig, token, { serial: 'SN-GW-1' }, key)
  t.same(again.json(), first.json())
  const other = await post(rig, token)
  t.match(other.problem, {
    status: 403,
    code: 'token_refused',
    detail: 'this enrolment token is used up: ask the bureau for a new one'
  })
  t.ok(other.verified)
  t.equal((await rig.store.agents()).length, 1)
})

void t.test('100 machines at once on a token of one use: exactly one is in', async t => {
  const rig = await openCollector(work => t.teardown(work))
  const { token } = await tokenOf(rig, { uses: 1 })
  const answers = await Promise.all(Array.from({ length: 100 }, () => post(rig, token)))
  t.equal(answers.filter(answer => answer.statusCode === 200).length, 1)
  t.equal(answers.filter(answer => answer.problem['code'] === 'token_refused').length, 99)
})

void t.test('wrong proofs, keys and tokens are refused, and the answer says what to do', async t => {
  const rig = await openCollector(work => t.teardown(work))
  const { token, id } = await tokenOf(rig, { uses: 9, days: 2 })
  const unknown = 'this enrolment token is not known here: check that the token file belongs to this collector'
  const refused = async (name: string, sent: ReturnType<typeof post>, status: number, detail: string | RegExp) => {
    const answer = await sent
    t.equal(answer.statusCode, status, name)
    t.match(answer.problem['detail'], detail, name)
  }
  await refused('proof', post(rig, token, {}, makeKey(), { proof: '0'.repeat(64) }), 403, unknown)
  await refused('secret', post(rig, token.replace(/\.[0-9a-f]{40}\./, `.${'0'.repeat(40)}.`)), 403, unknown)
  await refused('token', post(rig, token, {}, makeKey(), { token: 'f'.repeat(16) }), 403, unknown)
  const key = makeKey()
  const stolen = makeKey()
  const why = `header campus-gauge-agent must be "${stolen.id}", the id of the key in the body`
  await refused('key of another', post(rig, token, {}, key, { public_key: stolen.publicKey }), 401, why)
  await refused('machine', post(rig, token, { macs: ['x'] }), 422, /^body \/machine\/macs\/0 must match /)
  rig.clock.ms = nowMs + 3 * 86_400_000
  await refused('expired', post(rig, token), 403, 'this enrolment token has expired: ask the bureau for a new one')
  rig.clock.ms = nowMs
  const gone = {
    method: 'DELETE',
    url: `/v1/tokens/${id}`,
    headers: { authorization: `Bearer ${rig.secret}` }
  } as const
  t.equal((await rig.app.inject(gone)).statusCode, 204)
  t.match((await rig.app.inject(gone)).json(), { status: 404, detail: `there is no token "${id}" in force` })
  await refused(
    'revoked',
    post(rig, token),
    403,
    'this enrolment token or agent was revoked: ask the bureau for a new token'
  )
  t.same(await rig.store.agents(), [])
})

void t.test('approval and revocation need the secret and hold at once', async t => {
  const rig = await openCollector(work => t.teardown(work))
  const { token } = await tokenOf(rig)
  const key = makeKey()
  await post(rig, token, {}, key)
  const change = (verb: string, payload: object | undefined, authorization?: string) =>
    rig.app.inject({
      method: 'POST',
      url: `/v1/agents/${key.id}/${verb}`,
      headers: authorization === undefined ? {} : { authorization },
      ...(payload === undefined ? {} : { payload })
    })
  const config = () => wireAgent(rig, key).send({ method: 'GET', path: '/v1/agent/config', encoding: 'identity' })
  t.equal((await change('approve', { device: 'gw-1' })).statusCode, 401)
  t.equal((await change('revoke', undefined)).statusCode, 401)
  t.equal((await config()).problem['code'], 'pending')
  const bearer = `Bearer ${rig.secret}`
  t.match((await change('approve', { device: 'panel-9' }, bearer)).json(), {
    status: 404,
    detail: `there is no agent "${key.id}" with a device "panel-9" in its school`
  })
  t.equal((await change('approve', { device: 'gw-1', x: 1 }, bearer)).statusCode, 422)
  t.equal((await change('approve', { device: 'gw-1' }, bearer)).statusCode, 204)
  t.equal((await config()).statusCode, 200)
  t.equal((await change('revoke', undefined, bearer)).statusCode, 204)
  t.equal((await config()).problem['code'], 'revoked')
  t.equal((await change('approve', { device: 'gw-1' }, bearer)).statusCode, 404, 'revoked stays revoked')
  t.equal((await config()).problem['code'], 'revoked')
  t.match((await post(rig, token, {}, key)).problem, { code: 'token_refused' })
})

void t.test('tokens are made for schools that exist', async t => {
  const rig = await openCollector(work => t.teardown(work))
  const none: unknown = await tokenOf(rig, { school: 's-9' })
  t.match(none, { status: 422, pointer: '/school', detail: 'body /school must be the id of a known school, got "s-9"' })
  t.match(await tokenOf(rig, { uses: 0 }), { status: 422, detail: 'body /uses must be >= 1' })
  t.match(await tokenOf(rig, { days: '3' }), { status: 422, detail: 'body /days must be an integer' })
})

void t.test('a real machine enrols over a socket, keeps what it was told, and refuses another collector', async t => {
  const rig = await openCollector(work => t.teardown(work))
  const url = await rig.listen()
  const { token } = await tokenOf(rig)
  const directory = temporaryDirectory(work => t.teardown(work))
  const system = systemOf({ machine: () => Promise.resolve({ ...machine, serial: 'SN-GW-1', hostname: hostname() }) })
  const options = { url, token: `${token}\n`, tokenPlace: 'token.txt', directory, system, version: '1' }
  const answer = await enroll(options)
  t.match(answer, { state: 'approved', device: 'gw-1', configFile: join(directory, 'agent.yaml') })
  t.match(loadEnrolment(directory), { url, agent: answer.agent, collector_key: rig.key.publicKey })
  t.same(await enroll(options), { ...answer, server_time: answer.server_time }, 'again is harmless')
  t.match(readFileSync(join(directory, 'agent.yaml'), 'utf8'), `url: ${url}`)

  const forged = token.replace(rig.key.fingerprint, '0'.repeat(64))
  const elsewhere = temporaryDirectory(work => t.teardown(work))
  await t.rejects(enroll({ ...options, token: forged, directory: elsewhere }), {
    message: `采集端身份不符，未登记。${url} must be the collector that made this token, but its answer is not signed with that key: check the address, or somebody is between`
  })
  t.throws(() => loadEnrolment(elsewhere), /this machine is not enrolled yet/)
  await t.rejects(
    enroll({ ...options, token: token.replace(/\.[0-9a-f]{40}\./, `.${'0'.repeat(40)}.`), directory: elsewhere }),
    {
      message: `登记被拒绝。${url} refused the enrolment (403): this enrolment token is not known here: check that the token file belongs to this collector`,
      exit: 'notPermitted'
    }
  )
})
