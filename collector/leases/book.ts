import type { Store } from '../store/store.ts'
import type { LeaseBook } from '../testserver/lease-book.ts'

/** The collector's own leases, for its own test server: one use each, and what a test cost is charged to its budget. */
export const storeBook = (store: Pick<Store, 'openLease' | 'closeLease'>, now: () => number): LeaseBook => ({
  open: (claims, ip) => store.openLease(claims.lease, ip, now()),
  close: async (lease, bytes, record) => {
    await store.closeLease(lease, Math.round(bytes), now(), JSON.stringify(record))
  }
})
