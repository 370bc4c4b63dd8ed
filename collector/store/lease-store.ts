import type { Direction, LeaseFault, SlotClass, TestKind } from '../../contract/bandwidth.ts'

/** Leases, the bytes they cost, wishes for a test now, and when agents were awake, behind the store's interface. */
export interface LeaseWrites {
  /**
   * The clock came back: what is dated later than now is dated now, and lasts from now on as long as it would have. Whoever reads such a
   * row calls this, or it would seem to begin now for ever.
   */
  redateLeases(nowMs: number): Promise<void>
  /**
   * Grants a lease if every bound holds, in one transaction; the decision before it may rest on older reads, this may not. It
   * dates again what is dated later than now: a jump neither frees what is taken nor blocks for longer than a lease lasts.
   */
  grantLease(lease: NewLease, bounds: GrantBounds): Promise<GrantAnswer>
  /** One use: `opened` once, a fault ever after. */
  openLease(id: string, ip: string, nowMs: number): Promise<'opened' | LeaseFault>
  /** The test is over: its reservation becomes what was used. False when there is no such lease, or it was closed before. */
  closeLease(id: string, usedBytes: number, nowMs: number, record: string): Promise<boolean>
  /** Somebody wants a test now; a later wish replaces an earlier one. */
  wishTest(wish: Wish): Promise<void>
  /** False when nobody wished. */
  dropWish(uplink: string): Promise<boolean>
  /** Adds to what is known; nothing is taken back. */
  putPresence(rows: readonly Presence[]): Promise<void>
}

export interface LeaseReads {
  /** Leases of uplinks issued since then, oldest first. */
  leasesOf(uplinks: readonly string[], fromMs: number): Promise<readonly LeaseRow[]>
  /** Leases that hold their server and their line at this moment. */
  liveLeases(nowMs: number): Promise<readonly LeaseRow[]>
  wishes(): Promise<readonly Wish[]>
  /** Days from `fromDay`, oldest first. */
  presence(agents: readonly string[], fromDay: string): Promise<readonly Presence[]>
}

export interface NewLease {
  readonly id: string
  readonly uplink: string
  /** What two live leases never share: the uplink's shared group, or the uplink alone. */
  readonly line: string
  readonly agent: string
  readonly server: string
  /** Source address that the lease is bound to; undefined for none. */
  readonly ip: string | undefined
  readonly direction: Direction
  readonly tierMbps: number
  readonly kind: TestKind
  readonly slot: SlotClass
  readonly capMbps: number
  readonly maxBytes: number
  readonly maxMs: number
  readonly issuedMs: number
  readonly notBeforeMs: number
  readonly expiresMs: number
  /** The collector never hears of its opening and closing: it counts as opened at once, and holds server and line for as long as it could. */
  readonly remote: boolean
}

export interface LeaseRow extends NewLease {
  /** Server and line are held until then at the latest. */
  readonly untilMs: number
  readonly openedMs: number | undefined
  readonly closedMs: number | undefined
  /** Never opened, and now too late. */
  readonly lapsed: boolean
  /** What it costs the budgets: all of `maxBytes` until it is closed or lapsed. */
  readonly bytes: number
}

/** `budget_day`, `budget_month`: this lease's most bytes and what was spent since then must stay within. */
export interface Purse {
  readonly name: 'budget_day' | 'budget_month'
  readonly fromMs: number
  /** Only what tests of this kind spent; undefined for all. */
  readonly kind: TestKind | undefined
  readonly bytes: number
}

export interface GrantBounds {
  /** Most that the caps of live leases on the server may sum to, this one included, Mbit/s. */
  readonly capsMbps: number
  readonly purses: readonly Purse[]
}

export type GrantRefusal = 'server_busy' | 'line_busy' | 'budget_day' | 'budget_month' | 'no_wish'
export type GrantAnswer = { readonly kind: 'granted' } | { readonly kind: 'refused'; readonly why: GrantRefusal }

export interface Wish {
  readonly uplink: string
  readonly askedMs: number
}
/** A wish is served within this time or not at all, ms. */
export const wishMs = 30 * 60_000

/** A lease's streams must gather, its closing must arrive: what comes on top of the test itself, ms. */
export const holdSlackMs = 20_000

/** What an agent measured on a local day (YYYY-MM-DD), whenever it arrived. */
export interface Presence {
  readonly agent: string
  readonly day: string
  readonly night: boolean
  readonly daytime: boolean
}
