/** Tails of Student's t and F to 12 digits, against values of 40 digits computed by mpmath's betainc, and published tables. */
import { formatAll, formatProbabilities } from '../../src/models/common/print.js';
import { fUpperTail, studentQuantile, studentTwoSided } from '../../src/models/distributions.js';

const close = (value: number, truth: number): void => expect(Math.abs(value / truth - 1)).toBeLessThan(1e-12);

it.each([
  [0.1, 1, 0.9365489651388929],
  [2, 1, 0.2951672353008665],
  [1.5, 2, 0.2723931248910011],
  [2.5, 3, 0.08770664700806555],
  [0.7, 5, 0.5151489483148164],
  [3.25, 9, 0.009997369084021566],
  [40, 9, 1.8982998449339825e-11],
  [2, 30, 0.0546250449629831],
  [6, 76, 6.253570416168427e-8],
  [1.96, 1000, 0.050273184955748715],
  [15, 1000, 5.010238936995649e-46],
  [0.5, 2999991, 0.6170751141255535],
  [4.4, 2999991, 1.0825460229088042e-5],
])('P(|T| > %f) of %i degrees of freedom', (t, df, truth) => {
  close(studentTwoSided(t, df), truth);
  close(studentTwoSided(-t, df), truth);
  close(fUpperTail(t * t, 1, df), truth);
});

it.each([
  [330.285339234588, 6, 9, 4.98403052872481e-10],
  [0.3, 2, 7, 0.7498865550474875],
  [1, 10, 10, 0.5],
  [2162.43954511489, 10, 71, 5.143458438351495e-84],
  [4.846, 2, 27, 0.01591098699872684],
  [1.5, 8, 2999991, 0.15120441818806987],
  [30, 8, 2999991, 2.2747753499843234e-47],
  [0.01, 5, 100, 0.9999697160830983],
])('P(F > %f) of %i and %i degrees of freedom', (f, d1, d2, truth) => close(fUpperTail(f, d1, d2), truth));

it('has the quantiles of the tables', () => {
  // 12.706, 2.228, 2.750 in print (NIST/SEMATECH e-Handbook, 1.3.6.7.2); more digits by mpmath.
  close(studentQuantile(0.95, 1), 12.706204736174705);
  close(studentQuantile(0.95, 10), 2.228138851986275);
  close(studentQuantile(0.99, 30), 2.7499956535672254);
  close(studentQuantile(0.5, 2), 0.816496580927726);
  close(studentQuantile(0.95, 3e6), 1.9599647752974445);
});

it('goes to the ends', () => {
  expect(studentTwoSided(0, 5)).toBe(1);
  expect(studentTwoSided(Number.POSITIVE_INFINITY, 5)).toBe(0);
  expect(studentTwoSided(Number.NaN, 5)).toBeNaN();
  expect(fUpperTail(0, 3, 5)).toBe(1);
  expect(fUpperTail(Number.POSITIVE_INFINITY, 3, 5)).toBe(0);
  // Cauchy's: 1 − 2 atan(t) / π
  close(studentTwoSided(1e-6, 1), 1 - (2 * Math.atan(1e-6)) / Math.PI);
  close(studentTwoSided(1e9, 1), 2 / (Math.PI * 1e9));
});

describe('numbers in summaries are aligned by the point', () => {
  // format(…, digits = 4) of R.
  it.each([
    [
      [3.45, 0.0911365, -87.5166],
      ['3.45000', '0.09114', '-87.51660'],
    ],
    [
      [1e6, 0.001234],
      ['1.000e+06', '1.234e-03'],
    ],
    [
      [-6.42187, 0.066182, -0.00028806, 3.6047e-5],
      ['-6.422e+00', '6.618e-02', '-2.881e-04', '3.605e-05'],
    ],
    [
      [12345.678, 2],
      ['12346', '2'],
    ],
    [
      [0, Number.NaN, 1.5],
      ['0.0', 'NaN', '1.5'],
    ],
    [[1e-120], ['1e-120']],
  ])('%j', (values, texts) => expect(formatAll(values)).toEqual(texts));

  it('probabilities', () => {
    // format.pval(…, digits = 3)
    const values = [0.01126, 0.040914, 0.008432, 1.234e-5, 4e-12, 1e-17, Number.NaN];
    const texts = ['0.01126', '0.04091', '0.00843', '1.23e-05', '4.00e-12', '<2e-16', 'NaN'];
    expect(formatProbabilities(values)).toEqual(texts);
  });
});
