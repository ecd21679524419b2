/** A film whose memory is its own, a copy where it shares it with others: only such memory moves between threads. */
export const movableFilm = (film: Uint8Array): Uint8Array<ArrayBuffer> =>
  film.buffer instanceof ArrayBuffer && film.byteLength === film.buffer.byteLength
    ? new Uint8Array(film.buffer)
    : new Uint8Array(film)
