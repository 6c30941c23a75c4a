/** Classes and functions of another module. */

export class Shape {
  static of(name: string): Shape {
    return new Shape(name);
  }

  constructor(protected readonly name: string) {}

  get area(): number {
    return 0;
  }

  describe(): string {
    return `${this.name} of ${this.area}`;
  }
}

export class Square extends Shape {
  static made = 0;
  private length: number;

  constructor(side: number, name = 'square') {
    super(name);
    this.length = side;
    Square.made += 1;
  }

  override get area(): number {
    return this.length * this.length;
  }

  set side(length: number) {
    this.length = length;
  }

  get side(): number {
    return this.length;
  }

  doubled(): Square {
    return new Square(this.side * 2);
  }

  override describe(): string {
    return `${super.describe()}, side ${this.side}`;
  }
}

export class InsufficientFunds extends Error {
  constructor(readonly missing: number) {
    super(`NOFUNDS ${missing} missing`);
    this.name = 'InsufficientFunds';
  }
}

export class Account {
  private balance: number;

  constructor(balance: number) {
    this.balance = balance;
  }

  take(amount: number): string {
    if (amount > this.balance) throw new InsufficientFunds(amount - this.balance);
    this.balance -= amount;
    return `${this.balance} left`;
  }
}

export enum Size {
  Small,
  Large = 10,
}

export const classify = (n: number): string => {
  const size = n > 10 ? Size.Large : Size.Small;
  return size === Size.Large ? 'large' : `small ${size}`;
};

export function countTo(n: number): number[] {
  return n === 0 ? [] : [...countTo(n - 1), n];
}
