/** One look at every clock of the machine. */
export interface Moment {
  readonly bootId: string
  /** Since boot, with suspend. */
  readonly upMs: number
  /** Stands still while the machine sleeps. */
  readonly monotonicMs: number
  readonly wallMs: number
}

export interface HostEvent {
  readonly fields: Record<string, number>
  readonly labels: { readonly event?: 'reboot' | 'suspend' | 'clock_step' }
}

/** Clocks read one after the other on a busy machine differ by much less; what is smaller is nobody's event. */
const toleranceMs = 2_000

/**
 * What happened between two looks. A reboot ends both other comparisons: the clocks began anew. A machine that slept and had
 * its clock set while waking shows both fields; the label then says suspend.
 */
export const eventSince = (before: Moment, now: Moment): HostEvent => {
  if (before.bootId !== now.bootId || now.upMs < before.upMs) return { fields: {}, labels: { event: 'reboot' } }
  const upMs = now.upMs - before.upMs
  const sleptMs = upMs - (now.monotonicMs - before.monotonicMs)
  const stepMs = now.wallMs - before.wallMs - upMs
  const slept = sleptMs > toleranceMs
  const stepped = Math.abs(stepMs) > toleranceMs
  return {
    fields: { ...(slept ? { suspended_s: sleptMs / 1000 } : {}), ...(stepped ? { clock_step_ms: stepMs } : {}) },
    labels: slept ? { event: 'suspend' } : stepped ? { event: 'clock_step' } : {}
  }
}
