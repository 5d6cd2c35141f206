import { paypalAt, paypalSample, paypalSetup } from "../recipes/paypal";

export default paypalAt("paypal-sandbox", "PayPal (sandbox)");

export const setup = paypalSetup;

export const sample = paypalSample;
