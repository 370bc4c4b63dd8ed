import { createHmac, createHash } from 'node:crypto'
import t from 'tap'
import {
  agentIdOf,
  enrolmentProof,
  fingerprintOf,
  formatToken,
  parseToken,
  tokenHash
} from '../../contract/enrolment.ts'
import { RegistryId } from '../../contract/registry-id.ts'
import { fits } from '../../contract/parse.ts'
import { thrown } from '../agent/probes/context.ts'

const token = { id: '0123456789abcdef', secret: '5ec2e7'.padEnd(40, '0'), collectorFingerprint: 'f'.repeat(64) }
const line = formatToken(token)

void t.test('a token is one line that reads back, white space around it forgiven', t => {
  t.equal(line, `cg1.${token.id}.${token.secret}.${token.collectorFingerprint}`)
  t.same(parseToken(`  ${line}\r\n`, 'token.txt'), token)
  t.end()
})

void t.test('a bad token is told by its length and never shown', t => {
  t.equal(
    thrown(() => parseToken('', 'stdin')),
    `stdin must hold one enrolment token (cg1.….….…, ${line.length} characters), got 0 characters`
  )
  for (const wrong of [
    line.slice(0, -1),
    `${line}0`,
    line.replace('cg1', 'cg2'),
    line.toUpperCase(),
    `${line}\n${line}`
  ]) {
    const message = thrown(() => parseToken(wrong, 'token.txt'))
    t.match(message, /^token\.txt must hold one enrolment token \(cg1\.….….…, \d+ characters\), got \d+ characters$/)
    t.notOk(message.includes('5ec2e7'), 'the secret stays inside')
  }
  t.end()
})

void t.test('the proof is an HMAC over the key under a hash of the secret: it says nothing of the secret', t => {
  const hash = tokenHash(token.secret)
  t.equal(hash, createHash('sha256').update(`campus-gauge token\0${token.secret}`).digest('hex'))
  const proof = enrolmentProof(hash, 'KEY')
  t.equal(proof, createHmac('sha256', Buffer.from(hash, 'hex')).update('campus-gauge enrol\0KEY').digest('hex'))
  t.not(enrolmentProof(hash, 'KEX'), proof, 'of this key only')
  t.not(enrolmentProof(tokenHash(`${token.secret}0`), 'KEY'), proof, 'of this token only')
  t.end()
})

void t.test('an agent’s id follows from its key and is a registry id', t => {
  const raw = new Uint8Array(32).fill(7)
  t.equal(agentIdOf(raw), agentIdOf(Uint8Array.from(raw)))
  t.equal(agentIdOf(raw), `a-${fingerprintOf(raw).slice(0, 24)}`)
  t.not(agentIdOf(raw), agentIdOf(new Uint8Array(32).fill(8)))
  t.ok(fits(RegistryId, agentIdOf(raw)))
  t.end()
})
