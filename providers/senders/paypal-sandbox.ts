import { paypalAt, paypalSample, paypalSetup } from "../recipes/paypal";

export const setup = paypalSetup;

export const sample = paypalSample;

export default paypalAt("paypal-sandbox", "PayPal (sandbox)");
