import { createHash, createPrivateKey, type KeyObject } from 'node:crypto'
import http from 'node:http'
import { gzipSync } from 'node:zlib'
import type { Batch } from '../../contract/batch.ts'
import { protocolVersion } from '../../contract/protocol.ts'
import { formatSent, type Sent } from '../../contract/sent.ts'
import { contentDigest, signRequest } from '../../contract/signature.ts'

/** A request as an agent signs it, ready to be sent. */
export interface SignedMessage {
  readonly path: string
  readonly body: Buffer
  readonly headers: Readonly<Record<string, string>>
}

export interface Signer {
  readonly id: string
  readonly privateKey: KeyObject
  /** '-' for what is no batch. */
  readonly spool: string
}

/** Signs what an agent says (RFC 9421, contract/signature.ts). `seq` is 0 for what is no batch. */
export const signMessage = (
  signer: Signer,
  path: string,
  text: string,
  seq: number,
  sent: Sent,
  contentEncoding: 'gzip' | 'identity'
): SignedMessage => {
  const body = contentEncoding === 'gzip' ? gzipSync(text) : Buffer.from(text)
  const request = {
    method: 'POST',
    path,
    contentDigest: contentDigest(body),
    contentType: 'application/json',
    contentEncoding,
    protocol: String(protocolVersion),
    agent: signer.id,
    spool: signer.spool,
    seq: String(seq),
    sent: formatSent(sent)
  }
  return {
    path,
    body,
    headers: {
      'content-type': request.contentType,
      'content-encoding': request.contentEncoding,
      'content-length': String(body.length),
      'content-digest': request.contentDigest,
      'campus-gauge-protocol': request.protocol,
      'campus-gauge-agent': request.agent,
      'campus-gauge-spool': request.spool,
      'campus-gauge-seq': request.seq,
      'campus-gauge-sent': request.sent,
      ...signRequest(request, signer.privateKey)
    }
  }
}

export const signBatch = (signer: Signer, seq: number, sent: Sent, batch: Batch): SignedMessage =>
  signMessage(signer, '/v1/batches', JSON.stringify(batch), seq, sent, 'gzip')

/** An Ed25519 key that follows from words: the simulated city is the same whoever makes it. Never for a real agent. */
export const keyFrom = (...words: readonly (string | number)[]): KeyObject =>
  createPrivateKey({
    key: Buffer.concat([pkcs8Prefix, createHash('sha256').update(words.join(' ')).digest()]),
    format: 'der',
    type: 'pkcs8'
  })
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')

export interface Answer {
  readonly status: number
  readonly text: string
}

export interface Sender {
  send(message: Omit<SignedMessage, 'path'> & { readonly path: string }): Promise<Answer>
  close(): void
}

/** POSTs over a few connections that stay open. */
export const openSender = (url: string, connections: number): Sender => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections })
  const { hostname, port } = new URL(url)
  return {
    send: ({ path, headers, body }) =>
      new Promise((resolve, reject) => {
        const request = http.request({ hostname, port, agent, method: 'POST', path, headers }, response => {
          const parts: Buffer[] = []
          response.on('data', (part: Buffer) => parts.push(part))
          response.once('end', () =>
            resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') })
          )
          response.once('error', reject)
        })
        request.once('error', reject)
        request.end(body)
      }),
    close: () => agent.destroy()
  }
}
