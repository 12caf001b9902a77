// Seconds, frames and tiles. Pure.

/** "0:05", "12:40". Whole seconds that have passed. */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds + 1e-6));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** "0:05.12": with hundredths, for a person who counts frames. */
export function clockExact(seconds) {
  const hundredths = Math.max(0, Math.round(seconds * 100));
  return `${clock(Math.floor(hundredths / 100))}.${String(hundredths % 100).padStart(2, "0")}`;
}

/** The frame shown at a time, counted from 0. A frame's own time may be told a hair early. */
export function frameAt(seconds, fps, frames) {
  return Math.min(Math.max(0, frames - 1), Math.max(0, Math.floor(seconds * fps + 0.01)));
}

/** A time in the middle of a frame: at its edge players round to either side. */
export function timeOf(frame, fps) {
  return (frame + 0.5) / fps;
}

/** Which tile of a sprite shows this time; tiles are spread evenly over the whole length. */
export function tileAt(seconds, duration, tiles) {
  if (!(duration > 0)) return 0;
  return Math.min(tiles - 1, Math.max(0, Math.floor((seconds / duration) * tiles)));
}

export const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2];

/** The next speed up (1) or down (-1); at an end it stays. */
export function speedAfter(speed, direction) {
  const at = SPEEDS.reduce((best, each, i) => (Math.abs(each - speed) < Math.abs(SPEEDS[best] - speed) ? i : best), 0);
  return SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, at + direction))];
}
