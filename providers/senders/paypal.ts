import { paypalAt, paypalSample, paypalSetup } from "../recipes/paypal";

export default paypalAt("paypal", "PayPal");

export const setup = paypalSetup;

export const sample = paypalSample;
