import { Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { parse } from '../../contract/parse.ts'
import { lingerMs } from './control.ts'
import { openHall, type Hall } from './hall.ts'
import type { LeaseBook } from './lease-book.ts'
import { congestionControl } from './load.ts'
import { ToChild, type FromChild } from './messages.ts'
import { Refusal } from './refusal.ts'
import { openTcpWatch } from './tcp-watch.ts'

/** The process that carries the bytes of bandwidth tests, so that the collector's own is never late for a reading. Started by attach.ts. */
const tell = (message: FromChild): void => {
  if (process.connected) process.send?.(message)
}

const asked = new Map<string, (answer: 'opened' | Refusal) => void>()
const book: LeaseBook = {
  open: (claims, ip) =>
    new Promise(resolve => {
      asked.set(claims.lease, resolve)
      tell({ kind: 'open', claims, ip })
    }),
  close: (lease, bytes, record) => {
    tell({ kind: 'over', lease, bytes, record })
    return Promise.resolve()
  }
}

const tcp = openTcpWatch()
let hall: Hall | undefined
/** Streams that came, by id, until the collector has let go of them. */
const arrived = new Map<number, () => void>()

const close = async (): Promise<void> => {
  await hall?.close()
  tcp.stop()
  tell({ kind: 'closed' })
}

process.on('message', (raw, handle) => {
  const message = parse(ToChild, raw, 'message of the collector')
  switch (message.kind) {
    case 'settings':
      hall ??= openHall({
        ...message,
        book,
        tcp,
        cc: congestionControl(),
        now: () => performance.now(),
        onFault: fault => tell({ kind: 'fault', message: fault instanceof Error ? fault.message : String(fault) })
      })
      return
    case 'stream': {
      // A client that has gone meanwhile leaves nothing to take.
      if (!(handle instanceof Socket)) return
      handle.on('error', () => undefined)
      const head = Buffer.from(message.head, 'base64')
      if (head.length > 0) handle.unshift(head)
      arrived.set(message.id, () => hall?.join(message, handle))
      return
    }
    case 'go':
      arrived.get(message.id)?.()
      arrived.delete(message.id)
      return
    case 'opened': {
      const { lease, fault, detail, retryAfterS } = message
      asked.get(lease)?.(fault === undefined ? 'opened' : new Refusal(fault, detail, retryAfterS))
      asked.delete(lease)
      return
    }
    case 'close':
      return void close()
  }
})

// Told to stop by the collector alone: Ctrl-C reaches the whole group, and closing records are still to be written.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => undefined)
process.once('disconnect', () => {
  void close().finally(() => setTimeout(() => process.exit(0), lingerMs).unref())
})
