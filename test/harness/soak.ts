/** `SHARDFOLD_SOAK=20` runs every property twenty times as often. */
export const SOAK = Number(process.env.SHARDFOLD_SOAK ?? 1);
