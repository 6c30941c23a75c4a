// How many digits of a double are right, against a figure in decimal: without any rounding on the way.

/** A decimal figure, or a double, as numerator and denominator. */
function ratio(figure) {
  const [, sign, whole, part = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(figure);
  const digits = BigInt(`${sign}${whole}${part}`);
  const power = Number(exponent) - part.length;
  return power >= 0 ? [digits * 10n ** BigInt(power), 1n] : [digits, 10n ** BigInt(-power)];
}

function ratioOfDouble(x) {
  let [value, power] = [x, 0];
  while (!Number.isInteger(value)) {
    value *= 2;
    power += 1;
  }
  return [BigInt(value), 2n ** BigInt(power)];
}

const magnitude = (x) => (x < 0n ? -x : x);

/** log10 of a positive fraction, where it may be too small or too large for a double. */
function log10(numerator, denominator) {
  const shift = denominator.toString().length - numerator.toString().length + 20;
  const scaled =
    shift > 0 ? (numerator * 10n ** BigInt(shift)) / denominator : numerator / (denominator * 10n ** BigInt(-shift));
  return Math.log10(Number(scaled)) - shift;
}

/** Doubles have 15.95 digits; what is better is luck. */
const MOST = 16;

/** The log relative error of a double: the digits that it shares with the figure. Not of the figure 0. */
export function digits(x, figure) {
  if (!Number.isFinite(x)) return 0;
  const [[a, b], [c, d]] = [ratioOfDouble(x), ratio(figure)];
  const difference = magnitude(a * d - c * b);
  if (difference === 0n) return MOST;
  return Math.max(0, Math.min(MOST, -log10(difference, magnitude(c * b))));
}

/** Of the worst of several. What should be 0 is judged absolutely: undefined where it is within the bound, 0 digits where not. */
export function worstDigits(values, figures, bound) {
  const judged = values.map((x, i) => {
    if (Number(figures[i]) !== 0) return digits(x, figures[i]);
    return Math.abs(x) <= bound ? MOST : 0;
  });
  return Math.min(...judged);
}
