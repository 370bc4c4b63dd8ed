import t from 'tap'
import { batchOf, knownAgent, readingOf, signed } from '../rig/agent-identity.ts'
import { openCollector } from '../rig/collector.ts'

void t.test('/metrics counts what is on disk and what agents were told', async t => {
  const rig = await openCollector(work => t.teardown(work))
  const agent = await knownAgent(rig)
  await agent.send({ body: batchOf({ readings: Array.from({ length: 7 }, (_, i) => readingOf({ part: `p${i}` })) }) })
  await agent.send({ body: batchOf({}), seq: 9 })
  const { body, headers } = await rig.app.inject('/metrics')
  t.match(headers['content-type'], /^text\/plain; version=0\.0\.4/)
  for (const line of [
    'campus_gauge_batches_stored 1',
    'campus_gauge_readings_stored 7',
    'campus_gauge_batches_waiting 0',
    'campus_gauge_agent_answers_total{route="batches",status="202"} 1',
    'campus_gauge_agent_answers_total{route="batches",status="409"} 1'
  ])
    t.ok(body.includes(line), line)
})

void t.test('a collector that is told to stop is not ready, and finishes what it accepted', async t => {
  let end: () => void = () => undefined
  const held = new Promise<void>(resolve => (end = resolve))
  const other = await openCollector(work => t.teardown(work), {
    around: store => ({ ...store, commitBatches: batches => held.then(() => store.commitBatches(batches)) })
  })
  const url = await other.listen()
  t.equal((await fetch(`${url}/readyz`)).status, 200)
  const known = await knownAgent(other)
  const { payload, headers } = signed(known.key, { body: batchOf({ readings: [readingOf()] }) })
  const accepted = fetch(`${url}/v1/batches`, { method: 'POST', body: payload, headers })
  const waits = async () => (await (await fetch(`${url}/metrics`)).text()).includes('campus_gauge_batches_waiting 1')
  for (let tries = 0; tries < 50 && !(await waits()); tries++);
  const closed = other.app.close()
  const ready = await fetch(`${url}/readyz`)
  t.equal(ready.status, 503)
  t.match(await ready.json(), { status: 503, detail: 'the collector is stopping' })
  const late = await fetch(`${url}/v1/batches`, { method: 'POST', body: payload, headers })
  t.same([late.status, late.headers.get('retry-after')], [503, '10'])
  t.ok(late.headers.has('signature'))
  end()
  t.equal((await accepted).status, 202)
  await closed
  t.match(await other.store.counts(), { batches: 1, readings: 1 })
})
