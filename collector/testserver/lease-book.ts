import type { ClosingRecord, LeaseFault } from '../../contract/bandwidth.ts'
import type { LeaseClaims } from '../../contract/lease-token.ts'
import { Refusal } from './refusal.ts'

/**
 * What a test server asks about leases and tells of them. A lease opens once, ever: `open` is asked when its control stream comes, `close`
 * is told when its test is over, with the payload bytes to charge. A test whose server died is never closed.
 */
export interface LeaseBook {
  /** `ip`: canonical text. A Refusal is a LeaseFault with a sentence of its own. */
  open(claims: LeaseClaims, ip: string): Promise<'opened' | LeaseFault | Refusal>
  close(lease: string, bytes: number, record: ClosingRecord): Promise<void>
}

/**
 * The book of a stand-alone server, in memory. A restart forgets which leases were used, so leases that are older than the server are
 * refused: each could have been used before. `now`: ms since 1970. `uptimeMs` is monotonic: a clock that goes ahead and comes back must
 * not make a used lease good again, and one that was wrong at the start must not make every lease too old.
 */
export const openMemoryBook = (now: () => number, uptimeMs: () => number = () => performance.now()): LeaseBook => {
  const openedMs = uptimeMs()
  const used = new Map<string, { readonly expiresMs: number; readonly uptimeMs: number }>()
  return {
    open: claims => {
      const at = now()
      const up = uptimeMs()
      // Down to the whole ms that leases are dated in, and `up` after `at`: never later than it was.
      const startedMs = Math.floor(at - (up - openedMs))
      for (const [lease, until] of used) if (until.expiresMs < at && until.uptimeMs < up) used.delete(lease)
      if (used.has(claims.lease)) return Promise.resolve('lease_used')
      if (claims.issued_ms < startedMs)
        return Promise.resolve(
          new Refusal(
            'lease_expired',
            `the lease must be younger than this server, which started ${seconds(startedMs - claims.issued_ms)} after it was issued and has forgotten what was used before`
          )
        )
      const { issued_ms: issuedMs, expires_ms: expiresMs } = claims
      used.set(claims.lease, { expiresMs, uptimeMs: up + Math.max(0, expiresMs - issuedMs) })
      return Promise.resolve('opened')
    },
    close: () => Promise.resolve()
  }
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`
