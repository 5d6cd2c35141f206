import { paypalAt, paypalSample, paypalSetup } from "../recipes/paypal";

export const setup = paypalSetup;

export default paypalAt("paypal", "PayPal");

export const sample = paypalSample;
