import { paypalAt, paypalSample, paypalSetup } from "../recipes/paypal";

export const setup = paypalSetup;

export default paypalAt("paypal-sandbox", "PayPal (sandbox)");

export const sample = paypalSample;
