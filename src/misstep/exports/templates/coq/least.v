(* ======================================================================== *)
(* What no function can do better                                            *)
(* ======================================================================== *)

(* g is differentiable with the derivative g', which has the Lipschitz constant L. *)
Definition lipschitz_gradient (g g' : R -> R) (L : R) : Prop :=
  (forall t, derivable_pt_lim g t (g' t)) /\ (forall x y, Rabs (g' x - g' y) <= L * Rabs (x - y)).

(* The slope rises at the rate L at most: g lies below a parabola, seen from any point. *)
Lemma below_parabola : forall g g' L x y, lipschitz_gradient g g' L ->
  x <= y -> g y <= g x + g' x * (y - x) + L / 2 * ((y - x) * (y - x)).
Proof.
  intros g g' L x y [D K] [H|<-]; [|lra].
  destruct (MVT_cor2 (fun t => g t - (g' x * (t - x) + L / 2 * ((t - x) * (t - x))))
    (fun t => g' t - (g' x * 1 + L / 2 * (1 * (t - x) + (t - x) * 1))) x y H) as (c & E & I).
  { intros c _. apply derivable_pt_lim_minus; [apply D|].
    assert (T : derivable_pt_lim (fun t => t - x) c 1).
    { replace 1 with (1 - 0) by ring. apply (derivable_pt_lim_minus id (fun _ => x)); [apply derivable_pt_lim_id|apply derivable_pt_lim_const]. }
    apply derivable_pt_lim_plus.
    - apply (derivable_pt_lim_scal (fun t => t - x)). exact T.
    - apply (derivable_pt_lim_scal (fun t => (t - x) * (t - x))). apply (derivable_pt_lim_mult (fun t => t - x) (fun t => t - x)); exact T. }
  specialize (K c x). rewrite (Rabs_right (c - x)) in K by lra. pose proof (Rle_abs (g' c - g' x)).
  assert ((g' c - (g' x * 1 + L / 2 * (1 * (c - x) + (c - x) * 1))) * (y - x) <= 0).
  { rewrite <- (Rmult_0_l (y - x)). apply Rmult_le_compat_r; lra. }
  lra.
Qed.
Lemma mirror_gradient : forall g g' L, lipschitz_gradient g g' L -> lipschitz_gradient (fun t => g (- t)) (fun t => - g' (- t)) L.
Proof.
  intros g g' L [D K]. split.
  - intro t. replace (- g' (- t)) with (g' (- t) * -1) by ring.
    apply (derivable_pt_lim_comp (fun t => - t) g t (-1)); [|apply D].
    replace (-1) with (- (1)) by ring. apply (derivable_pt_lim_opp id). apply derivable_pt_lim_id.
  - intros x y. replace (- g' (- x) - - g' (- y)) with (g' (- y) - g' (- x)) by ring.
    apply Rle_trans with (1 := K (- y) (- x)). right. f_equal. f_equal. ring.
Qed.
Lemma negated_gradient : forall g g' L, lipschitz_gradient g g' L -> lipschitz_gradient (fun t => - g t) (fun t => - g' t) L.
Proof.
  intros g g' L [D K]. split.
  - intro t. apply (derivable_pt_lim_opp g). apply D.
  - intros x y. replace (- g' x - - g' y) with (- (g' x - g' y)) by ring. rewrite Rabs_Ropp. apply K.
Qed.

(* A gap gains at most h (g0 + g1)/2 + (h^2/4) (L - b^2/L), b = (g1 - g0)/h: two parabolas that meet in between. *)
Lemma gain_of_gap : forall g g' L x h, lipschitz_gradient g g' L -> 0 < h -> 0 < L ->
  4 * L * (g (x + h) - g x) <= 2 * L * h * (g' x + g' (x + h)) + L * L * (h * h) - (g' (x + h) - g' x) * (g' (x + h) - g' x).
Proof.
  intros g g' L x h G H P. set (a := g' x). set (b := g' (x + h)).
  assert (B : - (L * h) <= b - a <= L * h).
  { destruct G as [_ K]. specialize (K (x + h) x). fold a b in K. rewrite (Rabs_right (x + h - x)) in K by lra.
    pose proof (Rle_abs (b - a)). pose proof (Rle_abs (- (b - a))). rewrite Rabs_Ropp in *. lra. }
  set (u := (b - a) / (2 * L)). assert (U : b - a = 2 * L * u) by (unfold u; field; lra).
  assert (- (h / 2) <= u <= h / 2) by (split; apply Rmult_le_reg_l with (2 * L); lra).
  pose proof (below_parabola g g' L x (x + (h / 2 + u)) G ltac:(lra)) as I1.
  pose proof (below_parabola _ _ L (- (x + h)) (- (x + (h / 2 + u))) (mirror_gradient _ _ _ G) ltac:(lra)) as I2.
  cbv beta in I2. rewrite !Ropp_involutive in I2. fold a in I1. fold b in I2.
  replace (x + (h / 2 + u) - x) with (h / 2 + u) in I1 by ring.
  replace (- (x + (h / 2 + u)) - - (x + h)) with (h / 2 - u) in I2 by field.
  replace (b - a) with (2 * L * u) by auto.
  assert (J : g (x + h) - g x <= a * (h / 2 + u) + b * (h / 2 - u) + L / 2 * ((h / 2 + u) * (h / 2 + u) + (h / 2 - u) * (h / 2 - u))).
  { (* g(x + h) comes from the right: the mirrored parabola of - g *)
    pose proof (below_parabola _ _ L (- (x + h)) (- (x + (h / 2 + u))) (mirror_gradient _ _ _ (negated_gradient _ _ _ G)) ltac:(lra)) as I3.
    cbv beta in I3. rewrite !Ropp_involutive in I3. fold b in I3.
    replace (- (x + (h / 2 + u)) - - (x + h)) with (h / 2 - u) in I3 by field. lra. }
  apply Rmult_le_compat_l with (r := 4 * L) in J; [|lra].
  replace b with (a + 2 * L * u) in * by lra. lra.
Qed.

(* Le Gruyer: L^2 >= 2 a L + b^2 for every function through two jets, where a and b are as below. *)
Theorem two_jets : forall g g' L x0 x1 f0 f1 g0 g1, lipschitz_gradient g g' L -> x0 < x1 ->
  g x0 = f0 -> g x1 = f1 -> g' x0 = g0 -> g' x1 = g1 ->
  forall l, 0 < l -> l * l * ((x1 - x0) * (x1 - x0)) <=
    2 * l * Rabs (2 * (f0 - f1) + (g0 + g1) * (x1 - x0)) + (g1 - g0) * (g1 - g0) -> l <= L.
Proof.
  intros g g' L x0 x1 f0 f1 g0 g1 G H <- <- <- <- l P E. apply Rnot_lt_le. intro Lt.
  set (h := x1 - x0) in *. assert (X1 : x1 = x0 + h) by (unfold h; ring).
  assert (h > 0) by (unfold h; lra). assert (0 <= L).
  { destruct G as [_ K]. specialize (K x1 x0). rewrite (Rabs_right (x1 - x0)) in K by lra. fold h in K.
    pose proof (Rabs_pos (g' x1 - g' x0)). apply Rmult_le_reg_r with h; lra. }
  set (m := (L + l) / 2). assert (M : L < m < l /\ 0 < m) by (unfold m; lra).
  assert (G' : lipschitz_gradient g g' m).
  { destruct G as [D K]. split; auto. intros x y. apply Rle_trans with (1 := K x y). apply Rmult_le_compat_r; [apply Rabs_pos|lra]. }
  pose proof (gain_of_gap g g' m x0 h G' ltac:(lra) ltac:(lra)) as U1.
  pose proof (gain_of_gap _ _ m x0 h (negated_gradient _ _ _ G') ltac:(lra) ltac:(lra)) as U2. cbv beta in U2.
  rewrite <- X1 in U1, U2. set (D := (g' x1 - g' x0)) in *.
  set (A := 2 * (g x0 - g x1) + (g' x0 + g' x1) * h) in *.
  replace ((- g' x1 - - g' x0) * (- g' x1 - - g' x0)) with (D * D) in U2 by (unfold D; ring).
  assert (V : 2 * m * Rabs A <= m * m * (h * h) - D * D).
  { unfold Rabs. destruct (Rcase_abs A); unfold A; lra. }
  (* 2 |A| <= m h^2 - D^2/m < l h^2 - D^2/l <= 2 |A| *)
  assert (W : 2 * l * m * Rabs A <= l * (m * m * (h * h) - D * D)) by nra.
  assert (W' : m * (l * l * (h * h)) <= m * (2 * l * Rabs A + D * D)) by (apply Rmult_le_compat_l; lra).
  assert (0 < l * m * (l - m) * (h * h)) by (repeat apply Rmult_lt_0_compat; lra).
  assert (0 <= (l - m) * (D * D)) by (apply Rmult_le_pos; [lra|nra]). nra.
Qed.

(* Gradients at two points alone. *)
Theorem two_gradients : forall g' L x0 x1, (forall x y, Rabs (g' x - g' y) <= L * Rabs (x - y)) -> x0 < x1 ->
  forall l, l * (x1 - x0) <= Rabs (g' x1 - g' x0) -> l <= L.
Proof.
  intros g' L x0 x1 K H l E. specialize (K x1 x0). rewrite (Rabs_right (x1 - x0)) in K by lra.
  apply Rmult_le_reg_r with (x1 - x0); lra.
Qed.

(* The same gradient - c at all points of a grid of the width h, and a lower bound: L >= 4c/h. *)
Theorem grid : forall g g' L x h c v, lipschitz_gradient g g' L -> 0 < h -> 0 < c ->
  (forall j : nat, g' (x + INR j * h) = - c) -> (forall t, v <= g t) -> 4 * c / h <= L.
Proof.
  intros g g' L x h c v G H C SL B. apply Rnot_lt_le. intro Lt.
  assert (LH : L * h < 4 * c).
  { apply Rmult_lt_reg_r with (/ h); [apply Rinv_0_lt_compat; auto|]. rewrite Rmult_assoc, Rinv_r by lra. unfold Rdiv in Lt. lra. }
  set (m := (Rmax L 0 + 4 * c / h) / 2).
  assert (0 < 4 * c / h) by (apply Rdiv_lt_0_compat; lra).
  assert (M : L <= m /\ 0 < m /\ m < 4 * c / h) by (unfold m, Rmax; destruct (Rle_dec L 0); lra).
  assert (MH : m * h < 4 * c).
  { destruct M as (_ & _ & M).
    apply Rmult_lt_compat_r with (r := h) in M; [|lra]. unfold Rdiv in M. rewrite Rmult_assoc, Rinv_l in M by lra. lra. } 
  assert (G' : lipschitz_gradient g g' m).
  { destruct G as [D K]. split; auto. intros y z. apply Rle_trans with (1 := K y z). apply Rmult_le_compat_r; [apply Rabs_pos|lra]. }
  set (e := c * h - m * (h * h) / 4). assert (E : 0 < e) by (unfold e; nra).
  assert (J : forall j : nat, g (x + INR j * h) <= g x - INR j * e).
  { induction j; [cbn; rewrite !Rmult_0_l, Rplus_0_r; lra|].
    pose proof (gain_of_gap g g' m (x + INR j * h) h G' H ltac:(lra)) as U.
    replace (x + INR j * h + h) with (x + INR (S j) * h) in U by (rewrite S_INR; ring).
    rewrite !SL in U. rewrite (S_INR j) at 2.
    assert (g (x + INR (S j) * h) - g (x + INR j * h) <= - e); [|lra].
    apply Rmult_le_reg_l with (4 * m); [lra|]. unfold e. lra. }
  destruct (archimed ((g x - v) / e)) as [U _]. set (n := Z.to_nat (up ((g x - v) / e))).
  assert (Hn : (g x - v) / e < INR n).
  { apply Rlt_le_trans with (1 := U). unfold n. rewrite INR_IZR_INZ. apply IZR_le. lia. }
  apply Rmult_lt_compat_r with (r := e) in Hn; auto. unfold Rdiv in Hn. rewrite Rmult_assoc, Rinv_l in Hn by lra.
  specialize (J n). specialize (B (x + INR n * h)). lra.
Qed.
