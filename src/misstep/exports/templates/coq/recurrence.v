(* ======================================================================== *)
(* Recurrences as programs: run on real numbers, and on intervals            *)
(* ======================================================================== *)

(* An expression of earlier values, which are counted from 0: parameters, state, gradient, results. *)
Inductive expr :=
  | Int (z : Z) | Var (n : nat) | Add (a b : expr) | Sub (a b : expr) | Mul (a b : expr) | Div (a b : expr)
  | Opp (a : expr) | Sqrt (a : expr) | Square (a : expr) | Abs (a : expr) | Max (a b : expr) | Sign (a : expr)
  | Mix (a b t : expr) | Gain (b p : expr) | Ratio (b p : expr).

Fixpoint eval (v : list R) (e : expr) : R := match e with
  | Int z => IZR z | Var n => nth n v 0
  | Add a b => eval v a + eval v b | Sub a b => eval v a - eval v b
  | Mul a b => eval v a * eval v b | Div a b => eval v a / eval v b
  | Opp a => - eval v a | Sqrt a => sqrt (eval v a) | Square a => square (eval v a) | Abs a => Rabs (eval v a)
  | Max a b => Rmax (eval v a) (eval v b) | Sign a => sign (eval v a)
  | Mix a b t => mix (eval v a) (eval v b) (eval v t)
  | Gain b p => gain (eval v b) (eval v p) | Ratio b p => ratio (eval v b) (eval v p)
  end.

Definition quotient (i j : itv) : option itv := bind (iinv j) (fun k => Some (imul i k)).
(* A quotient known to lie in [0, 1]: the numerator is at most the denominator, and neither is negative. *)
Definition unit_quotient (b p : itv) (top bottom : itv) : option itv :=
  if (subset b unit_itv && subset p unit_itv)%bool then
    Some (match quotient top bottom with Some q => meet_unit q | None => unit_itv end)
  else None.

Fixpoint ieval (v : list itv) (e : expr) : option itv := match e with
  | Int z => Some (point (z # 1)) | Var n => nth_error v n
  | Add a b => map2 iadd (ieval v a) (ieval v b) | Sub a b => map2 isub (ieval v a) (ieval v b)
  | Mul a b => map2 imul (ieval v a) (ieval v b)
  | Div a b => bind (ieval v a) (fun i => bind (ieval v b) (fun j => quotient i j))
  | Opp a => bind (ieval v a) (fun i => Some (iopp i)) | Sqrt a => bind (ieval v a) isqrt
  | Square a => bind (ieval v a) (fun i => Some (imul (iabs i) (iabs i))) | Abs a => bind (ieval v a) (fun i => Some (iabs i))
  | Max a b => map2 imax (ieval v a) (ieval v b) | Sign a => bind (ieval v a) isign
  | Mix a b t => bind (ieval v a) (fun i => bind (ieval v b) (fun j => bind (ieval v t) (fun k =>
      if subset k unit_itv then Some (imix i j k) else None)))
  | Gain b p => bind (ieval v b) (fun i => bind (ieval v p) (fun j =>
      unit_quotient i j (isub (point 1) i) (isub (point 1) (imul i j))))
  | Ratio b p => bind (ieval v b) (fun i => bind (ieval v p) (fun j =>
      unit_quotient i j (isub (point 1) j) (isub (point 1) (imul i j))))
  end.

Lemma unit_fraction : forall a b, 0 <= a -> a <= b -> 0 <= a / b <= 1.
Proof.
  intros a b A B. destruct (Req_dec b 0) as [->|N].
  - replace a with 0 by lra. unfold Rdiv. rewrite Rmult_0_l. lra.
  - assert (0 < b) by lra. split.
    + apply Rmult_le_pos; auto. left. apply Rinv_0_lt_compat. auto.
    + apply Rmult_le_reg_r with b; auto. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra.
Qed.
Lemma quotient_in : forall i j k x y, quotient i j = Some k -> within i x -> within j y -> within k (x / y).
Proof.
  unfold quotient. intros i j k x y E H K. destruct (iinv j) eqn:I; [|discriminate]. injection E as <-.
  apply imul_in; auto. eapply iinv_in; eauto.
Qed.
Lemma unit_quotient_in : forall b p t u k x y z w, unit_quotient b p t u = Some k ->
  within b x -> within p y -> within t z -> within u w ->
  (0 <= x <= 1 -> 0 <= y <= 1 -> 0 <= z <= w) -> within k (z / w).
Proof.
  unfold unit_quotient. intros b p t u k x y z w E B P T U O.
  destruct (subset b unit_itv && subset p unit_itv)%bool eqn:S; [|discriminate].
  apply andb_true_iff in S. destruct S as [S1 S2]. injection E as <-.
  apply (subset_in _ _ _ S1) in B. apply (subset_in _ _ _ S2) in P.
  unfold within, unit_itv in B, P. cbn in B, P. to_R.
  assert (0 <= z / w <= 1) by (specialize (O B P); apply unit_fraction; lra).
  destruct (quotient t u) eqn:V.
  - apply meet_unit_in; auto. eapply quotient_in; eauto.
  - unfold within, unit_itv. cbn. to_R. auto.
Qed.
Lemma one_in : within (point 1) 1.
Proof. rewrite <- one_R. apply point_in. Qed.

Definition all_within (is : list itv) (xs : list R) : Prop := Forall2 within is xs.

Lemma nth_within : forall is xs n i, all_within is xs -> nth_error is n = Some i -> within i (nth n xs 0).
Proof.
  intros is xs n i H. revert n. induction H; intros [|n]; cbn; intro E; try discriminate; auto.
  injection E as <-. auto.
Qed.

Lemma ieval_in : forall is xs e i, all_within is xs -> ieval is e = Some i -> within i (eval xs e).
Proof.
  intros is xs e. 
  induction e; intros i H E; cbn in E |- *; unfold map2, bind in E;
    repeat match type of E with context [match ieval is ?a with _ => _ end] => destruct (ieval is a) eqn:?; [|discriminate] end;
    try (injection E as <-);
    repeat match goal with I : forall _, all_within _ _ -> Some ?k = Some _ -> _ |- _ => specialize (I k H eq_refl) end.
  - rewrite <- int_R. apply point_in.
  - eapply nth_within; eauto.
  - apply iadd_in; auto.
  - apply isub_in; auto.
  - apply imul_in; auto.
  - eapply quotient_in; eauto.
  - apply iopp_in; auto.
  - eapply isqrt_in; eauto.
  - replace (square (eval xs e)) with (Rabs (eval xs e) * Rabs (eval xs e))
      by (unfold square; rewrite <- Rabs_mult; apply Rabs_right; nra).
    apply imul_in; apply iabs_in; auto.
  - apply iabs_in; auto.
  - apply imax_in; auto.
  - eapply isign_in; eauto.
  - destruct (subset i2 unit_itv) eqn:?; [|discriminate]. injection E as <-. apply imix_in; auto.
  - unfold gain. eapply unit_quotient_in; eauto using isub_in, imul_in, one_in. intros. nra.
  - unfold ratio. eapply unit_quotient_in; eauto using isub_in, imul_in, one_in. intros. nra.
Qed.

(* A program appends the values of its expressions one after another. *)
Fixpoint exec (prog : list expr) (v : list R) : list R :=
  match prog with nil => v | e :: rest => exec rest (v ++ [eval v e]) end.
Fixpoint iexec (prog : list expr) (v : list itv) : option (list itv) :=
  match prog with nil => Some v | e :: rest => bind (ieval v e) (fun i => iexec rest (v ++ [i])) end.

Lemma iexec_in : forall prog is xs js, all_within is xs -> iexec prog is = Some js -> all_within js (exec prog xs).
Proof.
  induction prog as [|e prog IH]; cbn; intros is xs js H E.
  - injection E as <-. auto.
  - destruct (ieval is e) eqn:V; [|discriminate]. cbn in E. apply (IH _ _ _) with (2 := E).
    apply Forall2_app; auto. constructor; [|constructor]. eapply ieval_in; eauto.
Qed.

(* A method: its program, and where the new state and the step are found afterwards. *)
Record method := { program : list expr; new_state : list nat; the_step : nat }.
Definition after (m : method) (params state : list R) (g : R) : list R * R :=
  let v := exec (program m) (params ++ state ++ [g]) in
  (map (fun n => nth n v 0) (new_state m), nth (the_step m) v 0).
Fixpoint pick (v : list itv) (ns : list nat) : option (list itv) :=
  match ns with nil => Some nil | n :: rest => map2 cons (nth_error v n) (pick v rest) end.
Definition iafter (m : method) (params state : list itv) (g : itv) : option (list itv * itv) :=
  bind (iexec (program m) (params ++ state ++ [g])) (fun v =>
  map2 pair (pick v (new_state m)) (nth_error v (the_step m))).

Lemma pick_in : forall ns is xs js, all_within is xs -> pick is ns = Some js ->
  all_within js (map (fun n => nth n xs 0) ns).
Proof.
  induction ns as [|n ns IH]; cbn; intros is xs js H E.
  - injection E as <-. constructor.
  - unfold map2, bind in E. destruct (nth_error is n) eqn:N; [|discriminate].
    destruct (pick is ns) eqn:P; [|discriminate]. injection E as <-. constructor; [eapply nth_within|eapply IH]; eauto.
Qed.
Lemma iafter_in : forall m ps qs is xs i g js j, all_within ps qs -> all_within is xs -> within i g ->
  iafter m ps is i = Some (js, j) -> all_within js (fst (after m qs xs g)) /\ within j (snd (after m qs xs g)).
Proof.
  unfold iafter, after. intros m ps qs is xs i g js j P S G E. cbn.
  destruct (iexec (program m) (ps ++ is ++ [i])) as [v|] eqn:X; [|discriminate]. cbn in E.
  assert (V : all_within v (exec (program m) (qs ++ xs ++ [g]))).
  { apply iexec_in with (2 := X). repeat apply Forall2_app; auto. }
  unfold map2, bind in E. destruct (pick v (new_state m)) eqn:K; [|discriminate].
  destruct (nth_error v (the_step m)) eqn:N; [|discriminate]. injection E as <- <-.
  split; eauto using pick_in, nth_within.
Qed.
