import Fastify from 'fastify'
import { limits } from '../contract/limits.ts'

// The reference of bench/ingest.ts, a child process: the same HTTP and nothing behind it. No signature, no inflation, no schema, no
// store; the answer is as long as the collector's, signature headers included.
const acknowledgement = JSON.stringify({
  high_water: 42,
  server_time: '2026-11-20T08:00:00.000+08:00',
  next_ms: 60_000,
  max_readings: 500,
  rejected: [],
  config: `"${'0'.repeat(32)}"`
})
const headers = {
  'content-type': 'application/json',
  'content-digest': `sha-256=:${'A'.repeat(43)}=:`,
  'campus-gauge-protocol': '1',
  'signature-input':
    'cg=("@status" "content-digest" "content-type" "campus-gauge-protocol" "signature";req;key="cg");keyid="collector";alg="ed25519";tag="campus-gauge"',
  signature: `cg=:${'A'.repeat(86)}==:`
}

const app = Fastify({ forceCloseConnections: 'idle' })
app.removeAllContentTypeParsers()
app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: limits.bodyBytes }, (_request, body, done) => {
  done(null, body)
})
app.post('/v1/batches', (_request, reply) => reply.code(202).headers(headers).send(Buffer.from(acknowledgement)))
const url = await app.listen({ host: '127.0.0.1', port: 0 })
process.stdout.write(`${JSON.stringify({ url })}\n`)
process.once('SIGTERM', () => void app.close())
